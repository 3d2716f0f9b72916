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

/**
 * @param rowLength At least the length of the longest.
 * @param window Of layers that see less than the context; null where there are none.
 */
export function packPrompts(
  prompts: readonly TokenIds[],
  { rowLength, window }: { readonly rowLength: number; readonly window: number | null },
): PackedPrompts {
  const tokens = prompts.reduce((sum, prompt) => sum + prompt.length, 0);
  const packed = emptyRows({ tokens, rows: prompts.length, rowLength }, window !== null);
  const starts: number[] = [];
  let start = 0;
  for (const [row, prompt] of prompts.entries()) {
    placePrompt(packed, prompt, { row, start });
    openMask(packed.attentionMask, prompt.length, { row, rowLength, window: Infinity });
    if (packed.windowMask !== null && window !== null)
      openMask(packed.windowMask, prompt.length, { row, rowLength, window });
    starts.push(start);
    start += prompt.length;
  }
  return { packed, starts, lastTokens: Int32Array.from(prompts, ({ length }, row) => starts[row]! + length - 1) };
}

type Sizes = Pick<PackedRows, 'tokens' | 'rows' | 'rowLength'>;

function emptyRows({ tokens, rows, rowLength }: Sizes, hasWindow: boolean): PackedRows {
  const places = rows * rowLength;
  const emptyMask = (): Float32Array => new Float32Array(places * rowLength).fill(unseen);
  return {
    tokens,
    rows,
    rowLength,
    tokenIds: new Int32Array(tokens),
    positions: new Int32Array(tokens),
    packIndex: new Int32Array(tokens),
    padIndex: new Int32Array(places),
    padMask: new Float32Array(places),
    attentionMask: emptyMask(),
    windowMask: hasWindow ? emptyMask() : null,
    spans: [],
  };
}

function placePrompt(
  { rowLength, tokenIds, positions, packIndex, padIndex, padMask }: PackedRows,
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

/** A token sees itself and the tokens before it, no further back than the window. */
function openMask(
  mask: Float32Array,
  length: number,
  { row, rowLength, window }: { readonly row: number; readonly rowLength: number; readonly window: number },
): void {
  for (let position = 0; position < length; position++) {
    const line = (row * rowLength + position) * rowLength;
    mask.fill(0, line + Math.max(0, position - window + 1), line + position + 1);
  }
}
