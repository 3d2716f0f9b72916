/** A user's preferences as a task: pairs of three splits, and a best-of-N pool where the test rows have candidates. */
import { randomStream } from '../../random/index.ts';
import type { CandidateQuestion, PreferencePair, TaskData } from '../preference-pair.ts';
import { totalCounts } from './drops.ts';
import { requireFields } from './fields.ts';
import { questionPairs, type PreferenceOptions, type Question } from './question.ts';
import { noteDrops, readPreferences, type ReadFile } from './read-preferences.ts';
import { leakage, splitQuestions } from './splits.ts';

export interface PreferenceTaskOptions extends PreferenceOptions {
  readonly name: string;
  readonly train: string;
  /** A file, or a share of the groups of `train`. */
  readonly dev: string | number;
  readonly test: string | number;
}

/** @throws UserError (2) for files that cannot be used, or that leave a split empty. */
export async function preferenceTask(options: PreferenceTaskOptions, note: (text: string) => void): Promise<TaskData> {
  const { seed, separator } = options;
  const read = await readFiles(options, note);
  const splits = splitQuestions(
    { train: read.train?.questions ?? [], dev: splitOf('dev', options, read), test: splitOf('test', options, read) },
    options.name,
    seed,
  );
  for (const split of ['train', 'dev']) {
    const text = leakage(splits.counts, split);
    if (text !== '') note(`${split}: ${text}`);
  }
  const groupOf = (question: Question): string => splits.groups.get(question) as string;
  const pairsOf = (questions: readonly Question[]): readonly PreferencePair[] =>
    questions.flatMap((question) => questionPairs(question, groupOf(question), separator));
  return {
    train: randomStream(seed, 'preferences', 'train order').shuffled(pairsOf(splits.train)),
    dev: pairsOf(splits.dev),
    test: pairsOf(splits.test),
    pool: splits.test.flatMap((question) => poolQuestion(question, groupOf(question), separator)),
    counts: totalCounts([...Object.values(read).map(({ drops }) => drops.counts), splits.counts]),
  };
}

type Role = 'train' | 'dev' | 'test';

/** The files that the task names. */
async function readFiles(
  options: PreferenceTaskOptions,
  note: (text: string) => void,
): Promise<Partial<Record<Role, ReadFile>>> {
  const read: Partial<Record<Role, ReadFile>> = {};
  for (const role of ['train', 'dev', 'test'] as const) {
    const path = options[role];
    if (typeof path === 'number') continue;
    read[role] = await readPreferences({ path, role, section: 'task' }, options);
    noteDrops(read[role], note);
  }
  requireFields(options.fields, Object.values(read), 'task');
  return read;
}

function splitOf(
  role: 'dev' | 'test',
  options: PreferenceTaskOptions,
  read: Partial<Record<Role, ReadFile>>,
): readonly Question[] | number {
  const written = options[role];
  return typeof written === 'number' ? written : (read[role]?.questions ?? []);
}

function poolQuestion(
  { id, prompt, candidates }: Question,
  group: string,
  separator: string,
): readonly CandidateQuestion[] {
  return candidates === null ? [] : [{ id, group, prompt: `${prompt}${separator}`, candidates }];
}
