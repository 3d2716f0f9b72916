/** What a public benchmark's file holds, row by row. One file a format. Types, and the fields that formats share. */
import { z } from 'zod';

/** How rows of one public format become questions. */
export interface BenchmarkFormat<Row = unknown> {
  /** In messages. */
  readonly name: string;
  /** The fields that are read; others may be there. */
  readonly row: z.ZodType<Row>;
  question(row: Row): BenchmarkQuestion | LeftOut;
}

/** A row that the benchmark itself does not count, such as a vote that ended in a tie. */
export interface LeftOut {
  readonly leftOut: string;
}

export interface BenchmarkQuestion {
  /** The benchmark's own, so that scores from elsewhere find their items. */
  readonly id: string;
  readonly subset: string | null;
  /** Rows of one group are resampled together, beside those of one prompt; null = its prompt alone. */
  readonly group: string | null;
  /** Text, or chat messages. */
  readonly prompt: unknown;
  readonly responses: readonly BenchmarkResponse[];
  /** Indices of responses: a better one and a worse one. */
  readonly pairs: readonly (readonly [number, number])[];
  /** Whether the responses are one question of the pool. */
  readonly isPool: boolean;
}

export interface BenchmarkResponse {
  readonly text: unknown;
  readonly isCorrect: boolean;
  /** The model that wrote it; null where the file does not say. */
  readonly source: string | null;
}

/** Text, or chat messages. */
export const saidSchema = z.union([z.string(), z.array(z.looseObject({ role: z.string() })).min(1)], {
  error: ({ input }) => `expected text or chat messages, found ${kindOfValue(input)}`,
});

/** An id may be a number in the file. */
export const idSchema = z.union([z.string().min(1), z.number()], {
  error: ({ input }) => `expected an id (text or a number), found ${kindOfValue(input)}`,
});

export const sourceSchema = z.string().nullish();

/** The only pair of a row: the response that is preferred, and the other one. */
export function onePair(
  chosen: Omit<BenchmarkResponse, 'isCorrect'>,
  rejected: Omit<BenchmarkResponse, 'isCorrect'>,
): Pick<BenchmarkQuestion, 'responses' | 'pairs' | 'isPool'> {
  return {
    responses: [
      { ...chosen, isCorrect: true },
      { ...rejected, isCorrect: false },
    ],
    pairs: [[0, 1]],
    isPool: false,
  };
}

/** Correct responses, then incorrect ones, as one question of the pool. */
export function pooled(
  correct: readonly Omit<BenchmarkResponse, 'isCorrect'>[],
  incorrect: readonly Omit<BenchmarkResponse, 'isCorrect'>[],
): Pick<BenchmarkQuestion, 'responses' | 'pairs' | 'isPool'> {
  const responses = [
    ...correct.map((one) => ({ ...one, isCorrect: true })),
    ...incorrect.map((one) => ({ ...one, isCorrect: false })),
  ];
  return { responses, pairs: [], isPool: true };
}

function kindOfValue(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (value === null) return 'null';
  return Array.isArray(value) ? 'a list' : typeof value === 'object' ? 'an object' : `a ${typeof value}`;
}
