/**
 * A generated task: train, dev and test pairs and a best-of-N pool, split by question.
 *
 * Pairs come in twins (see `problem.ts`): two questions of the same words whose right and wrong responses are
 * exchanged. Twins share a `group` and stand next to each other, so a sample of the first n training pairs is nested
 * and holds whole twins for even n. Questions spelled by the same words go to one split only, so no test question is a
 * rearrangement of a training question.
 */
import { randomStream, type RandomStream } from '../../random/index.ts';
import { UserError } from '../../spec/user-error.ts';
import type { CandidateQuestion, PreferencePair, TaskData } from '../preference-pair.ts';
import { families, type GeneratedFamily } from './families.ts';
import { drawPoolQuestion, drawTwins } from './twins.ts';

export interface GeneratedTaskOptions {
  readonly name: string;
  readonly family: GeneratedFamily;
  /** 1 to 5. */
  readonly difficulty: number;
  readonly trainPairs: number;
  readonly devPairs: number;
  readonly testPairs: number;
  readonly testQuestions: number;
  readonly candidates: number;
  readonly seed: number;
}

/**
 * Attempts in a row without a new question after which the family counts as exhausted; about one in ten gives one while
 * it is fresh.
 */
const defaultPatience = 5000;

interface Ledger {
  readonly patience: number;
  /** Bag of words -> the split that owns it. */
  readonly owners: Map<string, string>;
  readonly questions: Set<string>;
  readonly drops: Record<string, number>;
}

/** Throws `UserError` (exit 2) where the family has too few different questions for the sizes asked for. */
export function generateTask(spec: GeneratedTaskOptions, patience: number = defaultPatience): TaskData {
  const ledger: Ledger = {
    patience,
    owners: new Map(),
    questions: new Set(),
    drops: { 'unusable draw': 0, 'question drawn before': 0 },
  };
  const streamOf = (split: string): RandomStream =>
    randomStream(spec.seed, 'task', spec.family, spec.difficulty, split);
  // Train last: a larger training set leaves every other split, and its own first pairs, as they were.
  const pool = generatePool(spec, ledger, streamOf('pool'));
  const test = generatePairs(spec, 'test', spec.testPairs, ledger, streamOf('test'));
  const dev = generatePairs(spec, 'dev', spec.devPairs, ledger, streamOf('dev'));
  const train = generatePairs(spec, 'train', spec.trainPairs, ledger, streamOf('train'));
  return { train, dev, test, pool, counts: ledger.drops };
}

function generatePairs(
  spec: GeneratedTaskOptions,
  split: string,
  count: number,
  ledger: Ledger,
  stream: RandomStream,
): PreferencePair[] {
  const pairs: PreferencePair[] = [];
  while (pairs.length < count) {
    const twins = drawNew(
      spec,
      split,
      ledger,
      () => drawTwins(families[spec.family], spec.difficulty, stream),
      (drawn) => drawn.prompts,
    );
    const group = `${spec.family}-${spec.difficulty}-${split}-${pairs.length / 2}`;
    for (const side of stream.shuffled([0, 1] as const)) {
      const [prompt, chosen, rejected] = [twins.prompts[side], twins.solutions[side], twins.solutions[1 - side] ?? ''];
      pairs.push({
        id: `${group}${side === 0 ? 'a' : 'b'}`,
        group,
        prompt: promptText(prompt),
        chosen,
        rejected,
        source: `generated/${spec.family}`,
        edits: [twins.edit],
      });
    }
  }
  return pairs.slice(0, count);
}

function generatePool(spec: GeneratedTaskOptions, ledger: Ledger, stream: RandomStream): CandidateQuestion[] {
  return Array.from({ length: spec.testQuestions }, (_, q) => {
    const draw = () => drawPoolQuestion(families[spec.family], spec.difficulty, spec.candidates, stream);
    const drawn = drawNew(spec, 'pool', ledger, draw, (question) => [question.prompt]);
    const id = `${spec.family}-${spec.difficulty}-pool-${q}`;
    return { id, group: id, prompt: promptText(drawn.prompt), candidates: drawn.candidates };
  });
}

/** Draws until all questions are new and their words belong to no other split. */
function drawNew<T>(
  spec: GeneratedTaskOptions,
  split: string,
  ledger: Ledger,
  draw: () => T | null,
  promptsOf: (drawn: T) => readonly string[],
): T {
  for (let attempt = 0; attempt < ledger.patience; attempt++) {
    const drawn = draw();
    if (drawn === null) {
      count(ledger, 'unusable draw');
      continue;
    }
    const prompts = promptsOf(drawn);
    const bag = [...(prompts[0] ?? '')].toSorted().join('');
    if (prompts.some((prompt) => ledger.questions.has(prompt)) || (ledger.owners.get(bag) ?? split) !== split) {
      count(ledger, 'question drawn before');
      continue;
    }
    ledger.owners.set(bag, split);
    for (const prompt of prompts) ledger.questions.add(prompt);
    return drawn;
  }
  throw new UserError(
    `task ${spec.name}: family ${spec.family} at difficulty ${spec.difficulty} gave no new question in ${ledger.patience} draws (${ledger.questions.size} in use)`,
    {
      exitCode: 2,
      hint: 'ask for fewer pairs or questions, or raise the difficulty',
    },
  );
}

function count(ledger: Ledger, reason: 'unusable draw' | 'question drawn before'): void {
  ledger.drops[reason] = (ledger.drops[reason] ?? 0) + 1;
}

/** The line break ends the question, so that the response starts at a token of its own. */
function promptText(question: string): string {
  return `${question}\n`;
}
