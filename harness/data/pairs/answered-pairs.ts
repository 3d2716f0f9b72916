/** Preference pairs from what models wrote for the prompts of functions. */
import { addCount } from '../add-count.ts';
import type { Completion } from '../completion.ts';
import type { PromptedFunction } from '../corpus/corpus-function.ts';
import type { PreferencePair } from '../preference-pair.ts';
import type { Rows } from '../rows.ts';

/** One side of a pair for each sample of a function: what people wrote, or what a model did. */
export interface Side {
  /** For `edits`: `source`, or the name of the generator. */
  readonly name: string;
  /** null = the function's own body. */
  readonly completions: Rows<Completion> | null;
}

export interface AnsweredOptions {
  readonly chosen: Side;
  readonly rejected: Side;
  /** Pairs of which a side was cut off where its tokens ran out are dropped. */
  readonly dropCutOff: boolean;
}

const noDrops = {
  'pair: one side is empty': 0,
  'pair: both sides are equal': 0,
  'pair: chosen was cut off': 0,
  'pair: rejected was cut off': 0,
} as const;

/**
 * One pair a function and sample, in the order of the functions; drops are counted in `counts`.
 * @throws Error where completions do not follow the functions: the plan has mixed them up.
 */
export async function* answeredPairs(
  functions: Rows<PromptedFunction>,
  { chosen, rejected, dropCutOff }: AnsweredOptions,
  counts: Record<string, number>,
): AsyncGenerator<PreferencePair> {
  Object.assign(counts, noDrops);
  const [chosenOf, rejectedOf] = [answersOf(chosen), answersOf(rejected)];
  for await (const fn of functions) {
    const [better, worse] = [await chosenOf(fn), await rejectedOf(fn)];
    const samples = Math.max(better.length, worse.length);
    for (let sample = 0; sample < samples; sample++) {
      const sides = { chosen: at(better, sample), rejected: at(worse, sample) };
      const reason = dropReason(sides, dropCutOff);
      if (reason === null) yield toPair(fn, sample, sides, [chosen.name, rejected.name]);
      else addCount(counts, reason);
    }
  }
}

type Answer = Pick<Completion, 'text' | 'finish'>;
interface Sides {
  readonly chosen: Answer;
  readonly rejected: Answer;
}

/** A side with one answer for all samples has it in each of them. */
function at(answers: readonly Answer[], sample: number): Answer {
  return answers[Math.min(sample, answers.length - 1)] as Answer;
}

function answersOf({ name, completions }: Side): (fn: PromptedFunction) => Promise<readonly Answer[]> {
  if (completions === null) return async ({ body }) => [{ text: body, finish: 'end' }];
  const rows = iteratorOf(completions);
  let ahead: Completion | null = null;
  const next = async (): Promise<Completion | null> => {
    const { value, done } = await rows.next();
    return done === true ? null : value;
  };
  return async ({ id }) => {
    const own: Completion[] = [];
    ahead ??= await next();
    while (ahead !== null && ahead.id === id) {
      own.push(ahead);
      ahead = await next();
    }
    if (own.length === 0) throw new Error(`${name} has no completion for ${id}; its next one is of ${ahead?.id}`);
    return own;
  };
}

function iteratorOf<Row>(rows: Rows<Row>): AsyncIterator<Row> | Iterator<Row> {
  return Symbol.asyncIterator in rows ? rows[Symbol.asyncIterator]() : rows[Symbol.iterator]();
}

function dropReason({ chosen, rejected }: Sides, dropCutOff: boolean): keyof typeof noDrops | null {
  if (chosen.text.trim() === '' || rejected.text.trim() === '') return 'pair: one side is empty';
  if (chosen.text.trim() === rejected.text.trim()) return 'pair: both sides are equal';
  if (!dropCutOff) return null;
  if (chosen.finish === 'length') return 'pair: chosen was cut off';
  return rejected.finish === 'length' ? 'pair: rejected was cut off' : null;
}

function toPair(fn: PromptedFunction, sample: number, sides: Sides, names: readonly [string, string]): PreferencePair {
  return {
    id: `${fn.id}#${sample}`,
    group: fn.id,
    prompt: fn.prompt,
    chosen: sides.chosen.text,
    rejected: sides.rejected.text,
    source: `${fn.package}/${fn.file}:${fn.line}`,
    edits: [`written by ${names[0]}, not by ${names[1]}`],
    language: fn.language,
    isDescribed: fn.description !== null,
  };
}
