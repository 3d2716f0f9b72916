/**
 * The attention rows of a batch. A row holds at most 64 queries of one segment (a prompt, or a response behind its
 * prompt) and all the keys that they can see.
 */
import type { ResponseSpan } from '../model/index.ts';
import { keyLengthMultiple, type PromptGroup, type UniqueResponse } from './batches.ts';

/** Sizes that a batch is filled up to with rows whose scores are not read. */
export interface LeastSizes {
  readonly tokens: number;
  readonly rows: number;
}

/** A response of the batch: where its tokens lie, and the attention row that holds the last one. */
export interface ScoredSpan extends ResponseSpan {
  readonly response: UniqueResponse;
}

/**
 * Queries first..first + count - 1 of a segment (a prompt, or a response behind its prompt) against all the keys they
 * can see.
 */
export interface AttentionRow {
  readonly promptStart: number;
  readonly promptLength: number;
  readonly start: number;
  readonly first: number;
  readonly count: number;
}

export interface BatchLayout {
  /** In packed order; those that only fill the batch come last. A prompt of no tokens has none. */
  readonly rows: readonly AttentionRow[];
  readonly spans: readonly ScoredSpan[];
  /** Tokens of the batch, filling excluded. */
  readonly tokens: number;
}

export function layOut(batch: readonly PromptGroup[], least: LeastSizes): BatchLayout {
  const layout = new Layout();
  for (const group of batch) layout.add(group);
  const { rows, spans, tokens } = layout;
  return { rows: [...rows, ...fillingRows({ tokens, rows: rows.length }, least)], spans, tokens };
}

/** What a batch is made of, as it is put together. */
class Layout {
  readonly rows: AttentionRow[] = [];
  readonly spans: ScoredSpan[] = [];
  /** Tokens so far: the place of the next one in the packed order. */
  tokens = 0;

  add({ prompt, responses }: PromptGroup): void {
    const promptStart = this.tokens;
    this.#addSegment(prompt.length, promptStart, 0);
    for (const response of responses) {
      const [start, { length }] = [this.tokens, response.tokens];
      this.#addSegment(length, promptStart, prompt.length);
      this.spans.push({ row: this.rows.length - 1, start, length, response });
    }
  }

  #addSegment(length: number, promptStart: number, promptLength: number): void {
    const start = this.tokens;
    for (let first = 0; first < length; first += keyLengthMultiple) {
      const count = Math.min(keyLengthMultiple, length - first);
      this.rows.push({ promptStart, promptLength, start, first, count });
    }
    this.tokens += length;
  }
}

/** Rows of tokens 0 that see only themselves, behind all others. */
function fillingRows(found: LeastSizes, least: LeastSizes): readonly AttentionRow[] {
  const missing = Math.max(0, least.tokens - found.tokens);
  const count = Math.max(Math.ceil(missing / keyLengthMultiple), least.rows - found.rows, 0);
  const tokensPerRow = Math.max(1, Math.ceil(missing / Math.max(1, count)));
  return Array.from({ length: count }, (_, row) => ({
    promptStart: 0,
    promptLength: 0,
    start: found.tokens + row * tokensPerRow,
    first: 0,
    count: tokensPerRow,
  }));
}
