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
import { drawPoolQuestion, drawTwins, type PoolQuestion, type Twins } from './twins.ts';

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

/** What all splits share. */
interface TaskDraws {
  readonly spec: GeneratedTaskOptions;
  readonly used: UsedQuestions;
  readonly patience: number;
}

/** A split is drawn from a stream of its own. */
interface Split extends TaskDraws {
  readonly name: string;
  readonly stream: RandomStream;
}

/** Throws `UserError` (exit 2) where the family has too few different questions for the sizes asked for. */
export function generateTask(spec: GeneratedTaskOptions, patience: number = defaultPatience): TaskData {
  const draws: TaskDraws = { spec, used: new UsedQuestions(), patience };
  // Train last: a larger training set leaves every other split, and its own first pairs, as they were.
  const pool = generatePool(splitOf(draws, 'pool'));
  const test = generatePairs(splitOf(draws, 'test'), spec.testPairs);
  const dev = generatePairs(splitOf(draws, 'dev'), spec.devPairs);
  const train = generatePairs(splitOf(draws, 'train'), spec.trainPairs);
  return { train, dev, test, pool, counts: draws.used.drops };
}

function splitOf(draws: TaskDraws, name: string): Split {
  const { seed, family, difficulty } = draws.spec;
  return { ...draws, name, stream: randomStream(seed, 'task', family, difficulty, name) };
}

function generatePairs(split: Split, count: number): PreferencePair[] {
  const { spec, stream } = split;
  const draw = (): Twins | null => drawTwins(families[spec.family], spec.difficulty, stream);
  const pairs: PreferencePair[] = [];
  while (pairs.length < count) {
    const twins = drawNew(split, draw, (drawn) => drawn.prompts);
    const group = groupName(split, pairs.length / 2);
    for (const side of stream.shuffled([0, 1] as const)) pairs.push(toPair(twins, side, group, spec.family));
  }
  return pairs.slice(0, count);
}

function toPair(twins: Twins, side: 0 | 1, group: string, family: GeneratedFamily): PreferencePair {
  return {
    id: `${group}${side === 0 ? 'a' : 'b'}`,
    group,
    prompt: promptText(twins.prompts[side]),
    chosen: twins.solutions[side],
    rejected: twins.solutions[side === 0 ? 1 : 0],
    source: `generated/${family}`,
    edits: [twins.edit],
  };
}

function generatePool(split: Split): CandidateQuestion[] {
  const { spec, stream } = split;
  const draw = (): PoolQuestion | null =>
    drawPoolQuestion(families[spec.family], spec.difficulty, spec.candidates, stream);
  return Array.from({ length: spec.testQuestions }, (_, q) => {
    const drawn = drawNew(split, draw, (question) => [question.prompt]);
    const id = groupName(split, q);
    return { id, group: id, prompt: promptText(drawn.prompt), candidates: drawn.candidates };
  });
}

function groupName({ spec, name }: Split, index: number): string {
  return `${spec.family}-${spec.difficulty}-${name}-${index}`;
}

/** Draws until all questions are new and their words belong to no other split. */
function drawNew<T>(split: Split, draw: () => T | null, promptsOf: (drawn: T) => readonly string[]): T {
  const { used } = split;
  for (let attempt = 0; attempt < split.patience; attempt++) {
    const drawn = draw();
    if (drawn === null) used.drops['unusable draw'] += 1;
    else if (used.claim(promptsOf(drawn), split.name)) return drawn;
    else used.drops['question drawn before'] += 1;
  }
  throw exhausted(split);
}

function exhausted({ spec, patience, used }: Split): UserError {
  return new UserError(
    `task ${spec.name}: family ${spec.family} at difficulty ${spec.difficulty} gave no new question in ` +
      `${patience} draws (${used.size} in use)`,
    { exitCode: 2, hint: 'ask for fewer pairs or questions, or raise the difficulty' },
  );
}

/** The questions drawn so far, and the split that owns each bag of words. */
class UsedQuestions {
  readonly drops = { 'unusable draw': 0, 'question drawn before': 0 };
  private readonly questions = new Set<string>();
  private readonly owners = new Map<string, string>();

  get size(): number {
    return this.questions.size;
  }

  /** Gives the prompts and their words to a split; false where a prompt is known or another split owns the words. */
  claim(prompts: readonly string[], split: string): boolean {
    const bag = [...(prompts[0] ?? '')].toSorted().join('');
    if (prompts.some((prompt) => this.questions.has(prompt))) return false;
    if ((this.owners.get(bag) ?? split) !== split) return false;
    this.owners.set(bag, split);
    for (const prompt of prompts) this.questions.add(prompt);
    return true;
  }
}

/** The line break ends the question, so that the response starts at a token of its own. */
function promptText(question: string): string {
  return `${question}\n`;
}
