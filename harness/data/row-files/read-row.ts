/** What a file of rows gives: rows, and what is none. Types only. */
import type { JsonOddity } from './json-value.ts';

export interface PlacedOddity extends Omit<JsonOddity, 'at'> {
  /** null in Parquet. */
  readonly line: number | null;
  readonly column: number | null;
}

export interface ReadRow {
  /** From 1; empty lines are not counted. */
  readonly row: number;
  /** Where it begins; null in Parquet. */
  readonly line: number | null;
  /** What a row is found by: the line in JSONL, its number in a list or in Parquet. */
  readonly unit: 'line' | 'row';
  readonly value: unknown;
  readonly oddities: readonly PlacedOddity[];
}

export interface BrokenRow extends Omit<ReadRow, 'value' | 'oddities'> {
  readonly line: number;
  readonly column: number;
  readonly problem: string;
}
