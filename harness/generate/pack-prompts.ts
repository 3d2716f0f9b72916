/** Prompts -> the arrays of the prefill program: packed tokens, and padded places for attention only. */
import { unseen, type PackedRows, type RowMasks } from '../model/index.ts';
import type { TokenIds } from '../data/preference-pair.ts';

/** Prompt `i` has the tokens `starts[i]`, ... of the packed ones. */
export interface PackedPrompts {
  readonly packed: PackedRows;
  readonly starts: readonly number[];
  /** Packed number of the last token of each. */
  readonly lastTokens: Int32Array;
}

/** @param rowLength At least the length of the longest. @param masks Those that layers have. */
export function packPrompts(
  prompts: readonly TokenIds[],
  { rowLength, masks }: { readonly rowLength: number; readonly masks: RowMasks },
): PackedPrompts {
  const tokens = prompts.reduce((sum, prompt) => sum + prompt.length, 0);
  const { hasFull, window } = masks;
  const packed = {
    ...emptyRows({ tokens, rows: prompts.length, rowLength }),
    attentionMask: hasFull ? maskOf(prompts, { rowLength, window: Infinity }) : null,
    windowMask: window === null ? null : maskOf(prompts, { rowLength, window }),
  };
  const starts: number[] = [];
  let start = 0;
  for (const [row, prompt] of prompts.entries()) {
    placePrompt(packed, prompt, { row, start });
    starts.push(start);
    start += prompt.length;
  }
  return { packed, starts, lastTokens: Int32Array.from(prompts, ({ length }, row) => starts[row]! + length - 1) };
}

type Sizes = Pick<PackedRows, 'tokens' | 'rows' | 'rowLength'>;
type EmptyRows = Omit<PackedRows, 'attentionMask' | 'windowMask'>;

function emptyRows({ tokens, rows, rowLength }: Sizes): EmptyRows {
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
    sight: null,
    spans: [],
  };
}

function placePrompt(
  { rowLength, tokenIds, positions, packIndex, padIndex, padMask }: EmptyRows,
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
  }
}

/** A token sees itself and the tokens before it, no further back than the window: [prompts, rowLength, rowLength]. */
function maskOf(
  prompts: readonly TokenIds[],
  { rowLength, window }: { readonly rowLength: number; readonly window: number },
): Float32Array {
  const mask = new Float32Array(prompts.length * rowLength * rowLength).fill(unseen);
  for (const [row, { length }] of prompts.entries())
    for (let position = 0; position < length; position++) {
      const line = (row * rowLength + position) * rowLength;
      mask.fill(0, line + Math.max(0, position - window + 1), line + position + 1);
    }
  return mask;
}
