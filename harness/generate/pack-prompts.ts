/** Prompts -> the arrays of the prefill program: packed tokens, and padded places for attention only. */
import { unseen, type PackedRows } from '../model/index.ts';
import type { TokenIds } from '../data/preference-pair.ts';

/** Prompt `i` has the tokens `starts[i]`, ... of the packed ones. */
export interface PackedPrompts {
  readonly packed: PackedRows;
  readonly starts: readonly number[];
  /** Packed number of the last token of each. */
  readonly lastTokens: Int32Array;
}

/** @param rowLength At least the length of the longest. */
export function packPrompts(prompts: readonly TokenIds[], rowLength: number): PackedPrompts {
  const tokens = prompts.reduce((sum, prompt) => sum + prompt.length, 0);
  const packed = emptyRows({ tokens, rows: prompts.length, rowLength });
  const starts: number[] = [];
  let start = 0;
  for (const [row, prompt] of prompts.entries()) {
    placePrompt(packed, prompt, { row, start });
    starts.push(start);
    start += prompt.length;
  }
  return { packed, starts, lastTokens: Int32Array.from(prompts, ({ length }, row) => starts[row]! + length - 1) };
}

function emptyRows({ tokens, rows, rowLength }: Pick<PackedRows, 'tokens' | 'rows' | 'rowLength'>): PackedRows {
  const places = rows * rowLength;
  return {
    tokens,
    rows,
    rowLength,
    tokenIds: new Int32Array(tokens),
    positions: new Int32Array(tokens),
    packIndex: new Int32Array(tokens),
    padIndex: new Int32Array(places),
    padMask: new Float32Array(places),
    attentionMask: new Float32Array(places * rowLength).fill(unseen),
    spans: [],
  };
}

function placePrompt(
  { rowLength, tokenIds, positions, packIndex, padIndex, padMask, attentionMask }: PackedRows,
  prompt: TokenIds,
  { row, start }: { readonly row: number; readonly start: number },
): void {
  tokenIds.set(prompt, start);
  for (let position = 0; position < prompt.length; position++) {
    const place = row * rowLength + position;
    positions[start + position] = position;
    packIndex[start + position] = place;
    padIndex[place] = start + position;
    padMask[place] = 1;
    attentionMask.fill(0, place * rowLength, place * rowLength + position + 1);
  }
}
