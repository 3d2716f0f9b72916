/**
 * A generated task: train, dev and test pairs and a best-of-N pool, split by question.
 *
 * Pairs come in twins (see `problem.ts`): two questions of the same words whose right and wrong responses are
 * exchanged. Twins share a `group` and stand next to each other, so a sample of the first n training pairs is nested
 * and holds whole twins for even n. Questions spelled by the same words go to one split only, so no test question is a
 * rearrangement of a training question. Where the family has forms enough, those of the training are kept apart from
 * those of dev, test and pool, so no test question is a training question with other names and numbers either.
 */
import { randomStream, type RandomStream } from '../../random/index.ts';
import { UserError } from '../../spec/user-error.ts';
import type { CandidateQuestion, PreferencePair, TaskData } from '../preference-pair.ts';
import { families, type GeneratedFamily } from './families.ts';
import { formOf } from './novelty.ts';
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
  const draws: TaskDraws = { spec, used: new UsedQuestions(formHalves(spec)), patience };
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
  const draw = (): Twins | null => evenly(split, drawTwins(families[spec.family], spec.difficulty, stream));
  const pairs: PreferencePair[] = [];
  while (pairs.length < count) {
    const twins = drawNew(split, draw, (drawn) => drawn.prompts);
    const group = groupName(split, pairs.length / 2);
    for (const side of stream.shuffled([0, 1] as const)) pairs.push(toPair(twins, side, group, spec.family));
  }
  return pairs.slice(0, count);
}

/**
 * Twins of two forms need both in one half of the forms, twins of one form only one. So every other of these is
 * dropped, and all kinds of mistakes stay as frequent as they are drawn.
 */
function evenly({ spec, stream }: Split, twins: Twins | null): Twins | null {
  if (twins === null || !areFormsApart(spec) || formOf(twins.prompts[0]) !== formOf(twins.prompts[1])) return twins;
  return stream.integer(2) === 0 ? null : twins;
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
    const problem = drawn === null ? 'unusable draw' : used.claim(promptsOf(drawn), split.name);
    if (drawn !== null && problem === null) return drawn;
    if (problem !== null) used.drops[problem] += 1;
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

/**
 * Whether a split may ask a question of this form: by a coin for each form, half of all forms are for the training and
 * half for the evaluation. The coin and not the order of drawing decides, so both halves have frequent and rare forms.
 */
function formHalves(spec: GeneratedTaskOptions): (prompt: string, split: string) => boolean {
  if (!areFormsApart(spec)) return () => true;
  const { family, difficulty, seed } = spec;
  const isTrained = new Map<string, boolean>();
  return (prompt, split) => {
    const form = formOf(prompt);
    const known = isTrained.get(form) ?? randomStream(seed, 'task form', family, difficulty, form).uniform() < 0.5;
    isTrained.set(form, known);
    return known === (split === 'train');
  };
}

function areFormsApart({ family, difficulty }: GeneratedTaskOptions): boolean {
  const { formsApartFrom } = families[family];
  return formsApartFrom !== null && difficulty >= formsApartFrom;
}

/** The questions drawn so far, and the split that owns each bag of words. */
class UsedQuestions {
  readonly drops = { 'unusable draw': 0, 'question drawn before': 0, 'form of another split': 0 };
  private readonly questions = new Set<string>();
  private readonly owners = new Map<string, string>();
  private readonly mayAsk: (prompt: string, split: string) => boolean;

  constructor(mayAsk: (prompt: string, split: string) => boolean) {
    this.mayAsk = mayAsk;
  }

  get size(): number {
    return this.questions.size;
  }

  /**
   * Gives the prompts and their words to a split; the reason why not where a prompt is known, or its words or its form
   * belong to another split.
   */
  claim(prompts: readonly string[], split: string): keyof UsedQuestions['drops'] | null {
    const bag = [...(prompts[0] ?? '')].toSorted().join('');
    if (prompts.some((prompt) => this.questions.has(prompt))) return 'question drawn before';
    if ((this.owners.get(bag) ?? split) !== split) return 'question drawn before';
    if (!prompts.every((prompt) => this.mayAsk(prompt, split))) return 'form of another split';
    this.owners.set(bag, split);
    for (const prompt of prompts) this.questions.add(prompt);
    return null;
  }
}

/** The line break ends the question, so that the response starts at a token of its own. */
function promptText(question: string): string {
  return `${question}\n`;
}
