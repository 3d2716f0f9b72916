/** Which pairs of the train split a trial is finetuned on, and every ranker that stands beside it. */
import path from 'node:path';
import { readEncodedPairs, readPairs, type EncodedPair, type PreferencePair } from '../data/index.ts';
import { randomStream } from '../random/index.ts';
import { UserError } from '../spec/user-error.ts';

/** Of how many pairs a trial is finetuned, and the seed that draws them. */
export interface SampleChoice {
  readonly samples: number;
  readonly seed: number;
}

/** The train split, and the pairs of it that are drawn. */
export interface DrawnSample<Pair> {
  readonly train: readonly Pair[];
  readonly sample: readonly Pair[];
}

export function drawTexts(taskFolder: string, choice: SampleChoice): DrawnSample<PreferencePair> {
  const train = readTexts(taskFolder);
  return {
    train,
    sample: nestedSample(
      groupsOf(train, ({ group }) => group),
      choice,
    ),
  };
}

/** The same pairs as `drawTexts`, in the same order. */
export function drawEncoded(taskFolder: string, choice: SampleChoice): DrawnSample<EncodedPair> {
  const groupOf = new Map(readTexts(taskFolder).map(({ id, group }) => [id, group]));
  const train = readEncodedPairs(encodedTrain(taskFolder));
  return {
    train,
    sample: nestedSample(
      groupsOf(train, ({ id }) => groupOf.get(id) ?? id),
      choice,
    ),
  };
}

/** The train split as token ids. */
export const encodedTrain = (taskFolder: string): string => path.join(taskFolder, 'train.arrow');

function readTexts(taskFolder: string): readonly PreferencePair[] {
  return readPairs(path.join(taskFolder, 'train.jsonl'));
}

/** Pairs of one group together, as they are drawn together; groups in the order of their first pair. */
function groupsOf<Pair>(pairs: readonly Pair[], groupOf: (pair: Pair) => string): readonly (readonly Pair[])[] {
  const groups = new Map<string, Pair[]>();
  for (const pair of pairs) {
    const group = groups.get(groupOf(pair));
    if (group === undefined) groups.set(groupOf(pair), [pair]);
    else group.push(pair);
  }
  return [...groups.values()];
}

/**
 * Whole groups (twins, or all pairs of one question) in a seeded order, as many as `samples` pairs hold: where the next
 * group would be cut, the sample stays smaller. Samples of different sizes are nested within a seed. Another seed draws
 * other groups, so the spread over seeds includes that of the sample.
 *
 * @throws UserError (2) where the groups hold fewer pairs than asked for, or the first one holds more.
 */
export function nestedSample<Pair>(
  groups: readonly (readonly Pair[])[],
  { samples, seed }: SampleChoice,
): readonly Pair[] {
  const available = groups.reduce((sum, group) => sum + group.length, 0);
  if (samples > available)
    throw new UserError(`finetune.samples asks for ${samples} pairs, the train split has ${available}`, {
      exitCode: 2,
      hint: 'Lower finetune.samples or raise the train split of the task.',
    });
  const sample: Pair[] = [];
  for (const group of randomStream(seed, 'samples').shuffled(groups)) {
    if (sample.length + group.length > samples) break;
    sample.push(...group);
  }
  if (sample.length > 0) return sample;
  throw new UserError(`finetune.samples (${samples}) is less than the pairs of one question, which stay together`, {
    exitCode: 2,
    hint: 'Raise finetune.samples.',
  });
}
