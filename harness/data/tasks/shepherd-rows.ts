/**
 * Rows of Math-Shepherd (arXiv 2312.08935): `input` is a question and a solution in steps, each step closed by the tag
 * `ки`; `label` repeats it with `+` or `-` in place of the tag: whether a completion from this step on reached the
 * right answer. `task` says which questions they are (GSM8K, MATH).
 */
import { z } from 'zod';

export const shepherdRow = z.object({ input: z.string(), label: z.string(), task: z.string() });
export type ShepherdRow = z.output<typeof shepherdRow>;

export interface Step {
  readonly text: string;
  readonly isRight: boolean;
}

export interface SteppedSolution {
  readonly question: string;
  readonly steps: readonly Step[];
}

const tag = 'ки';
/** It begins a line of its own or follows the question; some copies of the data write a point behind the number. */
const firstStep = /(?:^|\s)(?=Step 1[:.])/;

/** Or the reason why the row cannot be used. */
export function steppedSolution({ input, label }: ShepherdRow): SteppedSolution | string {
  const start = firstStep.exec(input);
  if (start === null) return 'row: no step 1';
  const question = input.slice(0, start.index).trim();
  if (question === '') return 'row: no question';
  const segments = input.split(tag);
  const marks = marksOf(segments, label);
  if (marks === null) return 'row: label does not repeat the solution';
  if (segments.at(-1)?.trim() !== '') return 'row: text behind the last mark';
  const texts = [input.slice(start.index).split(tag)[0] as string, ...segments.slice(1, -1)];
  if (marks.length === 0 || texts.some((text) => text.trim() === '')) return 'row: a step without text or mark';
  return { question, steps: texts.map((text, step) => ({ text: text.trim(), isRight: marks[step] === '+' })) };
}

/** `+` or `-` behind each segment but the last; null where the label is not the same text with marks for tags. */
function marksOf(segments: readonly string[], label: string): readonly string[] | null {
  const marks: string[] = [];
  let at = 0;
  for (const [index, segment] of segments.entries()) {
    if (!label.startsWith(segment, at)) return null;
    at += segment.length;
    if (index === segments.length - 1) break;
    const mark = label[at];
    if (mark !== '+' && mark !== '-') return null;
    marks.push(mark);
    at += 1;
  }
  return at === label.length ? marks : null;
}
