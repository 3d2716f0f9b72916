/**
 * Multiple choice as preferences and as best-of-N: the options of a question are its responses, as in CodePMP's
 * evaluation on ReClor and LogiQA2.0 (a reward model scores every option, the highest is the answer).
 *
 * Nothing depends on the order of the options: candidates stand in the order of their texts, ids are made of texts.
 */
import { hash } from 'node:crypto';
import { randomStream } from '../../random/index.ts';
import { UserError } from '../../spec/user-error.ts';
import { addCount } from '../add-count.ts';
import { normalizedWords } from '../contamination/words.ts';
import type { CandidateQuestion, PreferencePair, TaskData } from '../preference-pair.ts';
import { splitByGroup, type Splits, type Unsplit } from '../split-groups.ts';

export interface ChoiceQuestion {
  /** The file and the number of the row, so that it is the same wherever the file lies. */
  readonly id: string;
  /** What the question is about; questions of one passage share a group and a split. */
  readonly passage: string;
  readonly question: string;
  readonly options: readonly string[];
  /** Index of the right option. */
  readonly answer: number;
  readonly subset?: string;
}

export interface ChoiceTaskOptions {
  /** Of the task, for messages. */
  readonly name: string;
  /** Of its kind: names the random streams. */
  readonly kind: string;
  readonly seed: number;
}

/** Who wrote the responses: the makers of the exam, all of them. */
const source = 'options';

/**
 * The right option over each other one, and the pool of the test questions with all options as candidates.
 * @throws UserError (2) where a split has no question.
 */
export function choiceTask(unsplit: Unsplit<ChoiceQuestion>, options: ChoiceTaskOptions): TaskData {
  const counts: Record<string, number> = {};
  const usable = (rows: readonly ChoiceQuestion[]): readonly ChoiceQuestion[] =>
    rows.filter((question) => isUsable(question, counts));
  const { counts: shared, ...splits } = splitByGroup(
    {
      train: usable(unsplit.train),
      dev: typeof unsplit.dev === 'number' ? unsplit.dev : usable(unsplit.dev),
      test: typeof unsplit.test === 'number' ? unsplit.test : usable(unsplit.test),
    },
    { groupOf, seed: options.seed, stream: ['task', options.kind, 'split'] },
  );
  refuseEmpty(splits, options, shared);
  return {
    train: randomStream(options.seed, 'task', options.kind, 'train order').shuffled(splits.train.flatMap(optionPairs)),
    dev: splits.dev.flatMap(optionPairs),
    test: splits.test.flatMap(optionPairs),
    pool: splits.test.map(poolQuestion),
    counts: { ...counts, ...shared },
  };
}

/** By the words of the passage: some passages stand twice with other spaces or marks. Without one, of the question. */
function groupOf({ passage, question }: ChoiceQuestion): string {
  const text = passage.trim() === '' ? question : passage;
  return `passage-${shortDigest(normalizedWords(text).join(' ') || text)}`;
}

function isUsable({ options, answer }: ChoiceQuestion, counts: Record<string, number>): boolean {
  const right = options[answer];
  const isTwice = options.some((option, o) => o !== answer && option === right);
  if (isTwice) addCount(counts, 'question: the right option stands among the wrong ones too');
  return !isTwice;
}

function promptOf({ passage, question }: ChoiceQuestion): string {
  return [passage, question]
    .map((part) => part.trim())
    .filter((part) => part !== '')
    .join('\n')
    .concat('\n');
}

/** One pair for each different wrong option. */
export function optionPairs(choice: ChoiceQuestion): PreferencePair[] {
  const { id, options, answer, subset } = choice;
  const right = options[answer] as string;
  const wrong = [...new Set(options)].filter((option) => option !== right).toSorted(byCodeUnits);
  return wrong.map((rejected) => ({
    id: `${id}:${shortDigest(rejected)}`,
    group: groupOf(choice),
    prompt: promptOf(choice),
    chosen: right,
    rejected,
    source,
    edits: [],
    ...(subset === undefined ? {} : { subset }),
  }));
}

/** Without answers to vote on: a vote over options that stand once each would say nothing. */
export function poolQuestion(choice: ChoiceQuestion): CandidateQuestion {
  const { id, options, answer, subset } = choice;
  const candidates = options
    .map((text, o) => ({ text, answer: null, isCorrect: o === answer, source }))
    .toSorted((a, b) => byCodeUnits(a.text, b.text));
  return {
    id,
    group: groupOf(choice),
    prompt: promptOf(choice),
    candidates,
    ...(subset === undefined ? {} : { subset }),
  };
}

/** The same on any machine, whatever its language. */
function byCodeUnits(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** 48 bits: two of 100,000 texts share one with a probability of 2e-5. */
function shortDigest(text: string): string {
  return hash('sha256', text, 'hex').slice(0, 12);
}

function refuseEmpty(splits: Splits<ChoiceQuestion>, { name }: ChoiceTaskOptions, counts: TaskData['counts']): void {
  for (const split of ['train', 'dev', 'test'] as const) {
    if (splits[split].length > 0) continue;
    const lost = Object.entries(counts).filter(([reason, rows]) => rows > 0 && reason.startsWith(`${split}: `));
    const why = lost.map(([reason, rows]) => `${rows} rows: ${reason.slice(split.length + 2)}`).join(', ');
    throw new UserError(`task ${name}: no question is left for ${split}${why === '' ? '' : ` (${why})`}`, {
      exitCode: 2,
      hint: 'Splits are made of whole passages: give more of them, other shares, or files that share none.',
    });
  }
}
