/**
 * The tensors a decoder program is fed per batch, and the arrays that go in: this file defines their names and shapes.
 * Sizes: N tokens, B rows, S row length.
 */
import { input, type Dim, type Tensor } from '../graph/index.ts';
import type { ModelSpec } from '../spec/experiment-schema.ts';
import { lastLayerRotates } from './layers.ts';
import type { PackedRows } from './pack-rows.ts';
import { parameterShapes } from './parameter-shapes.ts';
import type { ReadTokens } from './read-tokens.ts';
import type { ModelConfig } from './model-config.ts';
import { maskNamed, type MaskName } from './windows.ts';

export interface BatchInputs {
  readonly tokenIds: Tensor; // [N]
  readonly positions: Tensor; // [N]
  readonly packIndex: Tensor; // [N]
  readonly padIndex: Tensor; // [B, S]
  readonly padMask: Tensor; // [B, S]
  readonly attentionMask: Tensor; // [B, 1, S, S]
  /** What layers with a window see. */
  readonly windowMask: Tensor; // [B, 1, S, S]
}

/**
 * The query tokens of an attention layer, and the keys each may attend to: all of a batch, or only those whose hidden
 * state is read (see read-tokens).
 */
export interface QueryInputs {
  /** Their packed numbers [M], distinct wherever gradients are taken; null = all tokens, in order. */
  readonly tokens: Tensor | null;
  readonly positions: Tensor; // [M]
  readonly packIndex: Tensor; // [M]
  readonly padIndex: Tensor; // [B, Q]
  readonly padMask: Tensor; // [B, Q]
  readonly attentionMask: Tensor; // [B, 1, Q, S]
}

/** What is embedded. */
export type TokenInputs = Pick<BatchInputs, 'tokenIds' | 'positions'>;

/**
 * The tokens of a batch as keys. `packIndex` null: a token may be in several rows (a prompt before each of its
 * responses); rows are then gathered, and their padding holds token 0, which the mask must hide.
 */
export interface KeyInputs extends TokenInputs, Pick<BatchInputs, 'padIndex'> {
  readonly packIndex: Tensor | null;
  readonly padMask: Tensor | null;
}

export interface FeedArray {
  readonly data: Float32Array | Int32Array;
  readonly shape: readonly number[];
}

/**
 * The inputs of one batch. A program may hold several, its micro-batches, told apart by number: their inputs and sizes
 * carry it (`tokenIds.1`, `N.1`), those of number 0 do not.
 */
export function declareBatch(index = 0): BatchInputs {
  const [N, B, S] = ['N', 'B', 'S'].map((size) => numbered(size, index)) as [string, string, string];
  const at = (name: keyof BatchInputs): string => numbered(name, index);
  return {
    tokenIds: input(at('tokenIds'), [N], 'int32'),
    positions: input(at('positions'), [N], 'int32'),
    packIndex: input(at('packIndex'), [N], 'int32'),
    padIndex: input(at('padIndex'), [B, S], 'int32'),
    padMask: input(at('padMask'), [B, S]),
    attentionMask: input(at('attentionMask'), [B, 1, S, S]),
    windowMask: input(at('windowMask'), [B, 1, S, S]),
  };
}

/** @param masks Those of the layers that compute every token (see `masksOf`); nothing takes the others. */
export function batchFeeds(
  packed: PackedRows,
  index = 0,
  masks: readonly MaskName[] = ['attentionMask'],
): Readonly<Record<string, FeedArray>> {
  const { rows: B, rowLength: S } = packed;
  const feeds = [
    ...Object.entries(rowFeeds(packed)),
    ...masks.map((name) => [name, { data: maskNamed(packed, name), shape: [B, 1, S, S] }] as const),
  ];
  return Object.fromEntries(feeds.map(([name, feed]) => [numbered(name, index), feed]));
}

function rowFeeds(packed: PackedRows): Readonly<Record<Exclude<keyof BatchInputs, MaskName>, FeedArray>> {
  const { tokens: N, rows: B, rowLength: S } = packed;
  return {
    tokenIds: { data: packed.tokenIds, shape: [N] },
    positions: { data: packed.positions, shape: [N] },
    packIndex: { data: packed.packIndex, shape: [N] },
    padIndex: { data: packed.padIndex, shape: [B, S] },
    padMask: { data: packed.padMask, shape: [B, S] },
  };
}

/** The read tokens of `batch`, the micro-batch of the same number: `readTokens.1` [M.1] and so on. */
export function declareReads(batch: BatchInputs, index = 0): ReadInputs {
  const [M, Q] = [numbered('M', index), numbered('Q', index)];
  const [B, S] = paddedSizes(batch);
  const at = (name: ReadName): string => numbered(readNames[name], index);
  return {
    tokens: input(at('tokens'), [M], 'int32'),
    positions: input(at('positions'), [M], 'int32'),
    packIndex: input(at('packIndex'), [M], 'int32'),
    padIndex: input(at('padIndex'), [B, Q], 'int32'),
    padMask: input(at('padMask'), [B, Q]),
    attentionMask: input(at('attentionMask'), [B, 1, Q, S]),
  };
}

interface ReadInputs extends QueryInputs {
  readonly tokens: Tensor;
}

const readNames = {
  tokens: 'readTokens',
  positions: 'readPositions',
  packIndex: 'readPackIndex',
  padIndex: 'readPadIndex',
  padMask: 'readPadMask',
  attentionMask: 'readAttentionMask',
} as const;

/** Learned positions are added to the embedding of all tokens, so that the last layer reads none. */
export function readFeeds(read: ReadTokens, model: ModelSpec, index = 0): Readonly<Record<string, FeedArray>> {
  const shapes = readShapes(read);
  const isRotary = lastLayerRotates(model);
  const names = (Object.keys(readNames) as ReadName[]).filter((name) => isRotary || name !== 'positions');
  return Object.fromEntries(
    names.map((name) => [numbered(readNames[name], index), { data: read[name], shape: shapes[name] }]),
  );
}

type ReadName = keyof typeof readNames;

function readShapes({
  count: M,
  rows: B,
  rowLength: Q,
  keyLength: S,
}: ReadTokens): Readonly<Record<ReadName, readonly number[]>> {
  return {
    tokens: [M],
    positions: [M],
    packIndex: [M],
    padIndex: [B, Q],
    padMask: [B, Q],
    attentionMask: [B, 1, Q, S],
  };
}

/** The tokens of the whole batch as queries of a layer with mask `mask`. */
export function allQueries(batch: BatchInputs, mask: MaskName = 'attentionMask'): QueryInputs {
  return { ...batch, tokens: null, attentionMask: batch[mask] };
}

/** The name of an input or a size in micro-batch `index`. */
export function numbered(name: string, index: number): string {
  return index === 0 ? name : `${name}.${index}`;
}

/** Rows and row length of padded tokens. */
export function paddedSizes({ padIndex }: Pick<QueryInputs, 'padIndex'>): readonly [Dim, Dim] {
  return padIndex.shape as readonly [Dim, Dim];
}

/** One input per parameter of the model, by Hugging Face name. */
export function declareParameters(model: ModelConfig): Readonly<Record<string, Tensor>> {
  return Object.fromEntries([...parameterShapes(model)].map(([name, shape]) => [name, input(name, shape)]));
}
