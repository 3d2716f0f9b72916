/**
 * The keys and values of the tokens so far, for the rows of one batch: [rows, KV, slots, d] a layer. It lies in main
 * memory, where ONNX Runtime's CPU provider reads fed arrays without a copy; a step gives out the new token's keys and
 * values only, which are then put in their slot. A row lies in one piece, so that a finished one is replaced by the
 * last.
 */
import type { Feeds, Values } from '../engine/index.ts';
import { cacheNames, headSizeOf, masksOf, unseen, windowOf, type MaskName, type ModelConfig } from '../model/index.ts';

interface CacheSizes {
  readonly layers: number;
  /** KV and d. */
  readonly heads: number;
  readonly headSize: number;
}

interface LayerValues {
  readonly key: Float32Array;
  readonly value: Float32Array;
}

export class KeyValueCache {
  readonly #sizes: CacheSizes;
  readonly #capacity: number;
  /** Those that layers take. */
  readonly #masks: readonly MaskName[];
  readonly #window: number | null;
  /** S. */
  #slots: number;
  #layers: readonly LayerValues[];
  /** 0 = a token, -1e9 = none: [capacity, S]. */
  #mask: Float32Array;

  /** Empty: zeros, and no token is seen. */
  constructor(model: ModelConfig, { rows, slots }: { readonly rows: number; readonly slots: number }) {
    this.#sizes = { layers: model.layers, heads: model.keyValueHeads, headSize: headSizeOf(model) };
    this.#capacity = rows;
    this.#masks = masksOf(model);
    this.#window = windowOf(model);
    this.#slots = slots;
    this.#layers = this.#emptyLayers(slots);
    this.#mask = new Float32Array(rows * slots).fill(unseen);
  }

  get slots(): number {
    return this.#slots;
  }

  /** Puts keys and values of consecutive tokens, from packed token `from` on, in slots 0, 1, ... of a row: seen. */
  placePrompt(row: number, values: Values, { from, length }: { readonly from: number; readonly length: number }): void {
    for (let token = 0; token < length; token++) this.#place(values, from + token, row, token);
    this.#mask.fill(0, row * this.#slots, row * this.#slots + length);
  }

  /** Puts the new token of each of the first `rows` rows in `slot`. */
  placeNew(rows: number, values: Values, slot: number): void {
    for (let row = 0; row < rows; row++) this.#place(values, row, row, slot);
  }

  /** From here on, tokens see `slot` of each row. */
  see(slot: number): void {
    for (let row = 0; row < this.#capacity; row++) this.#mask[row * this.#slots + slot] = 0;
  }

  /** Fed arrays of the first `rows` rows; views, valid until the cache changes. `slot` is the new token's. */
  feeds(rows: number, slot: number): Feeds {
    const S = this.#slots;
    const { heads, headSize } = this.#sizes;
    const view = (data: Float32Array) => ({
      data: data.subarray(0, rows * this.#rowLength(S)),
      shape: [rows, heads, S, headSize],
    });
    const layers = this.#layers.flatMap(({ key, value }, layer) => [
      [cacheNames.key(layer), view(key)] as const,
      [cacheNames.value(layer), view(value)] as const,
    ]);
    const current = new Float32Array(S);
    current[slot] = 1;
    return {
      ...Object.fromEntries(layers),
      ...Object.fromEntries(
        this.#masks.map((name) => [name, { data: this.#maskNamed(name, rows), shape: [rows, 1, 1, S] }]),
      ),
      current: { data: current, shape: [S] },
    };
  }

  /** Of the first `rows` rows. */
  #maskNamed(name: MaskName, rows: number): Float32Array {
    const mask = this.#mask.subarray(0, rows * this.#slots);
    return name === 'windowMask' && this.#window !== null ? lastSeen(mask, this.#slots, this.#window) : mask;
  }

  /** Copies row `from` over row `to`. */
  move(from: number, to: number): void {
    if (from === to) return;
    const length = this.#rowLength(this.#slots);
    for (const layer of this.#layers)
      for (const data of [layer.key, layer.value]) data.copyWithin(to * length, from * length, (from + 1) * length);
    this.#mask.copyWithin(to * this.#slots, from * this.#slots, (from + 1) * this.#slots);
  }

  /** Makes room for `slots` slots, the new ones empty. */
  grow(slots: number): void {
    const before = this.#slots;
    const { headSize } = this.#sizes;
    const old = { layers: this.#layers, mask: this.#mask };
    this.#slots = slots;
    this.#layers = this.#emptyLayers(slots);
    for (const [index, { key, value }] of this.#layers.entries()) {
      spread(old.layers[index]!.key, key, { from: before * headSize, to: slots * headSize });
      spread(old.layers[index]!.value, value, { from: before * headSize, to: slots * headSize });
    }
    this.#mask = new Float32Array(this.#capacity * slots).fill(unseen);
    spread(old.mask, this.#mask, { from: before, to: slots });
  }

  #emptyLayers(slots: number): readonly LayerValues[] {
    const size = this.#capacity * this.#rowLength(slots);
    return Array.from({ length: this.#sizes.layers }, () => ({
      key: new Float32Array(size),
      value: new Float32Array(size),
    }));
  }

  #rowLength(slots: number): number {
    return this.#sizes.heads * slots * this.#sizes.headSize;
  }

  #place(values: Values, token: number, row: number, slot: number): void {
    for (const [layer, { key, value }] of this.#layers.entries()) {
      this.#placeHeads(values[cacheNames.key(layer)]!, token, key, { row, slot });
      this.#placeHeads(values[cacheNames.value(layer)]!, token, value, { row, slot });
    }
  }

  /** Token `token` of packed [N, KV * d]. */
  #placeHeads(
    packed: Float32Array,
    token: number,
    cached: Float32Array,
    { row, slot }: { readonly row: number; readonly slot: number },
  ): void {
    const { heads, headSize } = this.#sizes;
    let source = token * heads * headSize;
    for (let head = 0; head < heads; head++) {
      const target = ((row * heads + head) * this.#slots + slot) * headSize;
      for (let i = 0; i < headSize; i++) cached[target + i] = packed[source++]!;
    }
  }
}

/** A mask with rows of `slots` that shows only the last `window` of what it shows: slots are in the order of tokens. */
function lastSeen(mask: Float32Array, slots: number, window: number): Float32Array {
  const shown = new Float32Array(mask.length).fill(unseen);
  for (let row = 0; row < mask.length; row += slots)
    for (let slot = slots - 1, left = window; slot >= 0 && left > 0; slot--)
      if (mask[row + slot] === 0) {
        shown[row + slot] = 0;
        left -= 1;
      }
  return shown;
}

/** Pieces of `from` values each become the starts of pieces of `to` values. */
function spread(
  old: Float32Array,
  next: Float32Array,
  { from, to }: { readonly from: number; readonly to: number },
): void {
  for (let piece = 0; piece * from < old.length; piece++)
    next.set(old.subarray(piece * from, (piece + 1) * from), piece * to);
}
