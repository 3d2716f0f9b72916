/** Final answers of worked solutions, in one spelling, so that equal answers of different models count as one vote. */
import type { GraderKind } from '../kind.ts';

export const finalAnswer: GraderKind = {
  kind: 'final-answer',
  version: 1,
  answerOf: parseFinalAnswer,
  normalize: normalizeAnswer,
  isCorrect: (answer, reference) => answer !== null && answer === normalizeAnswer(reference),
};

/**
 * In the order in which they are believed: a later marker is only asked where an earlier one is absent. The last
 * occurrence of a marker counts.
 */
const markers: readonly RegExp[] = [
  /\\boxed\{((?:[^{}]|\{[^{}]*\})*)\}/g,
  /^####\s*(.+)$/gm,
  /^A:\s*(.+)$/gm,
  /answer is:?\s*(.+?)\.?\s*$/gm,
];

/** `A: 1,200` -> `1200`; null where no marker is found. */
function parseFinalAnswer(text: string): string | null {
  for (const marker of markers) {
    const found = [...text.matchAll(marker)].at(-1)?.[1];
    if (found !== undefined) return normalizeAnswer(found);
  }
  return null;
}

/**
 * Without currency, percent, thousands separators and units; numbers in their shortest spelling. Null for nothing left.
 */
function normalizeAnswer(raw: string): string | null {
  const text = raw.replaceAll(/\\text\{[^{}]*\}|\\[,;! ]|[$%\\]/g, ' ').trim();
  const number = /^(-?\d[\d,]*(?:\.\d+)?|-?\.\d+)(?:\s*[A-Za-z/ ]*)\.?$/.exec(text)?.[1]?.replaceAll(',', '');
  if (number !== undefined) return String(Number(number));
  return text === '' ? null : text.replaceAll(/\s+/g, ' ');
}
