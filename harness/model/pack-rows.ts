/**
 * Rows of token ids -> the flat arrays a program reads. A row is `[prompt | response 1 | response 2 ...]`: the prompt
 * is computed once for all its responses, positions restart after it, and the mask keeps responses from seeing one
 * another, so each reads exactly as if it stood alone. Everything token-wise runs on N packed tokens without padding;
 * only attention sees [B, S] with padding.
 */

import type { ModelSpec } from '../spec/experiment-schema.ts';
import { masksOf, windowOf } from './windows.ts';

export interface Row {
  readonly prompt: Int32Array;
  readonly responses: readonly Int32Array[];
}

/** Tokens of a row: its prompt once, and all its responses. */
export function tokensOfRow({ prompt, responses }: Row): number {
  return responses.reduce((total, response) => total + response.length, prompt.length);
}

/** Where a response lies among the packed tokens. */
export interface ResponseSpan {
  readonly row: number;
  readonly start: number;
  readonly length: number;
}

/** Arrays are views of the packer's buffers, valid until its next `pack`. */
export interface PackedRows {
  /** N, B and S. */
  readonly tokens: number;
  readonly rows: number;
  readonly rowLength: number;
  readonly tokenIds: Int32Array; // [N]
  /** Position within prompt + own response. */
  readonly positions: Int32Array; // [N]
  /** Packed token of a padded place; 0 where there is none. */
  readonly padIndex: Int32Array; // [B, S]
  /** Padded place (flat in B x S) of a packed token. */
  readonly packIndex: Int32Array; // [N]
  /** 1 = a token, 0 = padding. */
  readonly padMask: Float32Array; // [B, S]
  /** Added to attention scores: 0 = sees, -1e9 = does not. */
  readonly attentionMask: Float32Array | null; // [B, 1, S, S]
  /** The same for layers with a window. Either is null where no layer has it. */
  readonly windowMask: Float32Array | null; // [B, 1, S, S]
  /** In row order, then response order. */
  readonly spans: readonly ResponseSpan[];
}

type PackedSizes = Pick<PackedRows, 'tokens' | 'rows' | 'rowLength'>;

/**
 * Added to the attention scores of what is not seen. Large enough that exp() of it is exactly 0 after the maximum is
 * subtracted, small enough to stay finite in float32.
 */
export const unseen = -1e9;

/** The masks that layers of a model have. */
export interface RowMasks {
  /** Whether some layer sees the whole context. */
  readonly hasFull: boolean;
  /** Of layers that see less: tokens that a token sees, itself included; null where there are none. */
  readonly window: number | null;
}

const noWindow: RowMasks = { hasFull: true, window: null };

/**
 * Owns buffers that grow to the largest batch seen, so that packing allocates next to nothing per step.
 * `contextLength` limits prompt + one response (positions), not the packed row. `rowLengthMultiple` rounds S up.
 * `masks`: those that layers have (see windows.ts).
 */
export class RowPacker {
  readonly #contextLength: number;
  readonly #rowLengthMultiple: number;
  readonly #masks: RowMasks;
  readonly #integers = {
    tokenIds: new Int32Array(0),
    positions: new Int32Array(0),
    packIndex: new Int32Array(0),
    padIndex: new Int32Array(0),
  };
  readonly #floats = {
    padMask: new Float32Array(0),
    attentionMask: new Float32Array(0),
    windowMask: new Float32Array(0),
  };

  constructor(contextLength: number, rowLengthMultiple = 1, masks: RowMasks = noWindow) {
    this.#contextLength = contextLength;
    this.#rowLengthMultiple = rowLengthMultiple;
    this.#masks = masks;
  }

  /**
   * Throws RangeError for an empty batch, prompt or response, and for a row over the context length (data drops and
   * counts those beforehand).
   */
  pack(rows: readonly Row[]): PackedRows {
    if (rows.length === 0) throw new RangeError('a batch needs at least one row');
    const lengths = rows.map((row, index) => checkedLength(row, index, this.#contextLength));
    const packed = this.#emptyBatch(this.#sizesOf(lengths));
    let start = 0;
    for (const [index, row] of rows.entries()) {
      placeTokens(packed, row, index, start);
      this.#openMasks(packed, row, index);
      start += lengths[index] ?? 0;
    }
    return packed;
  }

  #openMasks({ attentionMask, windowMask, rowLength }: PackedFields, row: Row, index: number): void {
    const place = { base: index * rowLength * rowLength, rowLength };
    const { window } = this.#masks;
    if (attentionMask !== null) openMask(attentionMask, row, { ...place, window: Infinity });
    if (windowMask !== null && window !== null) openMask(windowMask, row, { ...place, window });
  }

  #sizesOf(lengths: readonly number[]): PackedSizes {
    return {
      tokens: lengths.reduce((sum, length) => sum + length, 0),
      rows: lengths.length,
      rowLength: Math.ceil(Math.max(...lengths) / this.#rowLengthMultiple) * this.#rowLengthMultiple,
    };
  }

  #emptyBatch(sizes: PackedSizes): PackedFields {
    const { tokens, rows, rowLength } = sizes;
    const places = rows * rowLength;
    return {
      ...sizes,
      tokenIds: this.#integerView('tokenIds', tokens),
      positions: this.#integerView('positions', tokens),
      packIndex: this.#integerView('packIndex', tokens),
      padIndex: this.#integerView('padIndex', places).fill(0),
      padMask: this.#floatView('padMask', places).fill(0),
      attentionMask: this.#masks.hasFull ? this.#floatView('attentionMask', places * rowLength).fill(unseen) : null,
      windowMask: this.#masks.window === null ? null : this.#floatView('windowMask', places * rowLength).fill(unseen),
      spans: [],
    };
  }

  #integerView(name: 'tokenIds' | 'positions' | 'packIndex' | 'padIndex', length: number): Int32Array {
    if (this.#integers[name].length < length) this.#integers[name] = new Int32Array(length + (length >> 2));
    return this.#integers[name].subarray(0, length);
  }

  #floatView(name: 'padMask' | 'attentionMask' | 'windowMask', length: number): Float32Array {
    if (this.#floats[name].length < length) this.#floats[name] = new Float32Array(length + (length >> 2));
    return this.#floats[name].subarray(0, length);
  }
}

export function rowMasks(model: ModelSpec): RowMasks {
  return { hasFull: masksOf(model).includes('attentionMask'), window: windowOf(model) };
}

/** Packs rows for a model: within its context, with the masks that its layers have. */
export function packerFor(model: ModelSpec): RowPacker {
  return new RowPacker(model.contextLength, 1, rowMasks(model));
}

function checkedLength(row: Row, index: number, contextLength: number): number {
  if (row.prompt.length === 0 || row.responses.length === 0)
    throw new RangeError(`row ${index}: needs a prompt and at least one response`);
  for (const response of row.responses) checkResponse(row.prompt.length, response.length, { index, contextLength });
  return tokensOfRow(row);
}

function checkResponse(
  prompt: number,
  response: number,
  { index, contextLength }: { readonly index: number; readonly contextLength: number },
): void {
  if (response === 0) throw new RangeError(`row ${index}: a response is empty`);
  if (prompt + response > contextLength)
    throw new RangeError(
      `row ${index}: prompt + response is ${prompt + response} tokens, over the context length ${contextLength}`,
    );
}

type PackedFields = Omit<PackedRows, 'spans'> & { readonly spans: ResponseSpan[] };

function placeTokens(packed: PackedFields, row: Row, rowIndex: number, start: number): void {
  appendTokens(packed, row.prompt, start, 0);
  let end = start + row.prompt.length;
  for (const response of row.responses) {
    packed.spans.push({ row: rowIndex, start: end, length: response.length });
    appendTokens(packed, response, end, row.prompt.length);
    end += response.length;
  }
  linkPlaces(packed, { start, end, place: rowIndex * packed.rowLength });
}

function appendTokens({ tokenIds, positions }: PackedFields, ids: Int32Array, start: number, position: number): void {
  tokenIds.set(ids, start);
  for (let i = 0; i < ids.length; i++) positions[start + i] = position + i;
}

/** Packed tokens start..end - 1 and the padded places from `place` on. */
function linkPlaces(
  { packIndex, padIndex, padMask }: PackedFields,
  { start, end, place }: { readonly start: number; readonly end: number; readonly place: number },
): void {
  for (let token = start; token < end; token++) {
    packIndex[token] = place + token - start;
    padIndex[place + token - start] = token;
  }
  padMask.fill(1, place, place + end - start);
}

interface MaskPlace {
  /** The first mask value of the row. */
  readonly base: number;
  readonly rowLength: number;
  readonly window: number;
}

/**
 * Causal within prompt + own response, and no further back than the window: by distance within the two, as if the
 * response followed its prompt. Padding sees no key at all: its softmax is uniform and finite, and is not read.
 */
function openMask(mask: Float32Array, row: Row, place: MaskPlace): void {
  const promptLength = row.prompt.length;
  openSegment(mask, { promptLength: 0, first: 0, length: promptLength }, place);
  let first = promptLength;
  for (const { length } of row.responses) {
    openSegment(mask, { promptLength, first, length }, place);
    first += length;
  }
}

/** Queries first..first + length - 1, behind a prompt of `promptLength` tokens. */
function openSegment(
  mask: Float32Array,
  { promptLength, first, length }: { readonly promptLength: number; readonly first: number; readonly length: number },
  { base, rowLength, window }: MaskPlace,
): void {
  for (let query = first; query < first + length; query++) {
    const line = base + query * rowLength;
    const earliest = promptLength + query - first - window + 1;
    mask.fill(0, line + Math.max(0, Math.min(earliest, promptLength)), line + promptLength);
    mask.fill(0, line + Math.max(first, query - window + 1), line + query + 1);
  }
}
