/**
 * Rows of token ids -> the flat arrays a program reads. A row is `[prompt | response 1 | response 2 ...]`: the prompt
 * is computed once for all its responses, positions restart after it, and the mask keeps responses from seeing one
 * another, so each reads exactly as if it stood alone. Everything token-wise runs on N packed tokens without padding;
 * only attention sees [B, S] with padding.
 */

import type { ModelSpec } from '../spec/experiment-schema.ts';
import { sightOf, turnedPlace, unseen, type Sight } from './sight.ts';
import { masksOf, windowOf, type MaskName } from './windows.ts';

export { unseen };

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
  /** The same for layers with a window. Either is null where no layer has it, and both where there is `sight`. */
  readonly windowMask: Float32Array | null; // [B, 1, S, S]
  /** What attention in blocks is made of; null where it is computed at once. */
  readonly sight: RowSight | null;
  /** In row order, then response order. */
  readonly spans: readonly ResponseSpan[];
}

/** By mask, null where no layer has it. */
export interface RowSight extends Readonly<Record<MaskName, Sight | null>> {
  /** In which the queries of a row are cut. */
  readonly blocks: number;
  /** Arrays that live as long as the other views. */
  readonly take: (name: string, length: number) => Float32Array;
}

type PackedSizes = Pick<PackedRows, 'tokens' | 'rows' | 'rowLength'>;

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
 * `masks`: those that layers have (see windows.ts). `blocks`: in which attention is computed; with more than one, places
 * of a row are turned (see sight.ts) and S is a multiple of their number.
 */
export class RowPacker {
  readonly #contextLength: number;
  readonly #rowLengthMultiple: number;
  readonly #masks: RowMasks;
  readonly #blocks: number;
  readonly #integers = {
    tokenIds: new Int32Array(0),
    positions: new Int32Array(0),
    packIndex: new Int32Array(0),
    padIndex: new Int32Array(0),
  };
  readonly #floats = new Map<string, Float32Array>();

  constructor(contextLength: number, rowLengthMultiple = 1, masks: RowMasks = noWindow, blocks = 1) {
    this.#contextLength = contextLength;
    this.#rowLengthMultiple = rowLengthMultiple * blocks;
    this.#masks = masks;
    this.#blocks = blocks;
  }

  /**
   * Throws RangeError for an empty batch, prompt or response, and for a row over the context length (data drops and
   * counts those beforehand).
   */
  pack(rows: readonly Row[]): PackedRows {
    if (rows.length === 0) throw new RangeError('a batch needs at least one row');
    const lengths = rows.map((row, index) => checkedLength(row, index, this.#contextLength));
    const packed = this.#emptyBatch(this.#sizesOf(lengths), rows);
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

  #emptyBatch(sizes: PackedSizes, rowsOf: readonly Row[]): PackedFields {
    const { tokens, rows, rowLength } = sizes;
    const places = rows * rowLength;
    const sight = this.#blocks === 1 ? null : this.#sightOf(rowsOf, rowLength);
    const { hasFull, window } = this.#masks;
    const mask = (name: MaskName, isThere: boolean): Float32Array | null =>
      isThere && sight === null ? this.#floatView(name, places * rowLength).fill(unseen) : null;
    return {
      ...sizes,
      tokenIds: this.#integerView('tokenIds', tokens),
      positions: this.#integerView('positions', tokens),
      packIndex: this.#integerView('packIndex', tokens),
      padIndex: this.#integerView('padIndex', places).fill(0),
      padMask: this.#floatView('padMask', places).fill(0),
      attentionMask: mask('attentionMask', hasFull),
      windowMask: mask('windowMask', window !== null),
      sight,
      spans: [],
    };
  }

  #sightOf(rows: readonly Row[], rowLength: number): RowSight {
    const { hasFull, window } = this.#masks;
    return {
      blocks: this.#blocks,
      attentionMask: hasFull ? sightOf(rows, rowLength, Infinity) : null,
      windowMask: window === null ? null : sightOf(rows, rowLength, window),
      take: (name, length) => this.#floatView(name, length),
    };
  }

  #integerView(name: 'tokenIds' | 'positions' | 'packIndex' | 'padIndex', length: number): Int32Array {
    if (this.#integers[name].length < length) this.#integers[name] = new Int32Array(length + (length >> 2));
    return this.#integers[name].subarray(0, length);
  }

  #floatView(name: string, length: number): Float32Array {
    const known = this.#floats.get(name);
    const array = known !== undefined && known.length >= length ? known : new Float32Array(length + (length >> 2));
    this.#floats.set(name, array);
    return array.subarray(0, length);
  }
}

export function rowMasks(model: ModelSpec): RowMasks {
  return { hasFull: masksOf(model).includes('attentionMask'), window: windowOf(model) };
}

/** Packs rows for a model: within its context, with the masks that its layers have. */
export function packerFor(model: ModelSpec, blocks = 1): RowPacker {
  return new RowPacker(model.contextLength, 1, rowMasks(model), blocks);
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
  linkPlaces(packed, row, { start, end, place: rowIndex * packed.rowLength });
}

function appendTokens({ tokenIds, positions }: PackedFields, ids: Int32Array, start: number, position: number): void {
  tokenIds.set(ids, start);
  for (let i = 0; i < ids.length; i++) positions[start + i] = position + i;
}

/** Packed tokens start..end - 1 and the padded places from `place` on. */
function linkPlaces(
  { packIndex, padIndex, padMask, sight }: PackedFields,
  row: Row,
  { start, end, place }: { readonly start: number; readonly end: number; readonly place: number },
): void {
  for (let token = start; token < end; token++) {
    const own = place + (sight === null ? token - start : turnedPlace(row, token - start));
    packIndex[token] = own;
    padIndex[own] = token;
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
