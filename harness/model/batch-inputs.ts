/**
 * The tensors a decoder program is fed per batch, and the arrays that go in: this file defines their names and shapes.
 * Sizes: N tokens, B rows, S row length.
 */
import { input, type Dim, type Tensor } from '../graph/index.ts';
import type { ModelSpec } from '../spec/experiment-schema.ts';
import { lastLayerRotates } from './layers.ts';
import type { PackedRows } from './pack-rows.ts';
import { queryBlocks, type BlockArrays } from './sight.ts';
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
  /** The same by blocks of the queries; none where attention is computed at once. */
  readonly blocks: Readonly<Record<MaskName, readonly QueryBlock[]>>;
}

/** Some consecutive queries of every row, and the run of keys that any of them sees (see sight.ts). */
export interface QueryBlock {
  readonly keys: Tensor; // [E]
  readonly mask: Tensor; // [B, 1, T, E]
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
  /** In place of the mask, where there are any: all queries in equal parts. */
  readonly blocks: readonly QueryBlock[];
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
 * @param blocks In which attention is computed.
 */
export function declareBatch(index = 0, blocks = 1): BatchInputs {
  const [N, B, S] = ['N', 'B', 'S'].map((size) => numbered(size, index)) as [string, string, string];
  const at = (name: keyof BatchInputs): string => numbered(name, index);
  const cut = { index, blocks, rows: B, queries: numbered('T', index) };
  return {
    tokenIds: input(at('tokenIds'), [N], 'int32'),
    positions: input(at('positions'), [N], 'int32'),
    packIndex: input(at('packIndex'), [N], 'int32'),
    padIndex: input(at('padIndex'), [B, S], 'int32'),
    padMask: input(at('padMask'), [B, S]),
    attentionMask: input(at('attentionMask'), [B, 1, S, S]),
    windowMask: input(at('windowMask'), [B, 1, S, S]),
    blocks: { attentionMask: declareBlocks('attentionMask', cut), windowMask: declareBlocks('windowMask', cut) },
  };
}

type BlockedMask = MaskName | 'readAttentionMask';

interface BlockSizes {
  readonly index: number;
  readonly blocks: number;
  readonly rows: Dim;
  /** Of one block. */
  readonly queries: Dim;
}

function declareBlocks(mask: BlockedMask, { index, blocks, rows, queries }: BlockSizes): readonly QueryBlock[] {
  if (blocks === 1) return [];
  return Array.from({ length: blocks }, (_, block) => {
    const { masks, keys } = blockNames(mask, block, index);
    return { keys: input(keys, [keys], 'int32'), mask: input(masks, [rows, 1, queries, keys]) };
  });
}

/** Of what is fed for a block; the number of its keys goes by their name. */
function blockNames(
  mask: BlockedMask,
  block: number,
  index: number,
): { readonly masks: string; readonly keys: string } {
  const name = `${mask}:${block}`;
  return { masks: numbered(name, index), keys: numbered(`${name}:keys`, index) };
}

function blockFeeds(
  mask: BlockedMask,
  blocks: readonly BlockArrays[],
  { rows, index }: { readonly rows: number; readonly index: number },
): Readonly<Record<string, FeedArray>> {
  const feeds = blocks.flatMap(({ keys, mask: data }, block) => {
    const names = blockNames(mask, block, index);
    const [B, E] = [rows, keys.length];
    return [
      [names.keys, { data: keys, shape: [E] }],
      [names.masks, { data, shape: [B, 1, data.length / (B * E), E] }],
    ] as const;
  });
  return Object.fromEntries(feeds);
}

/** @param masks Those of the layers that compute every token (see `masksOf`); nothing takes the others. */
export function batchFeeds(
  packed: PackedRows,
  index = 0,
  masks: readonly MaskName[] = ['attentionMask'],
): Readonly<Record<string, FeedArray>> {
  const feeds = Object.entries(rowFeeds(packed)).map(([name, feed]) => [numbered(name, index), feed] as const);
  return Object.assign(Object.fromEntries(feeds), ...masks.map((name) => maskFeeds(packed, name, index)));
}

function maskFeeds(packed: PackedRows, name: MaskName, index: number): Readonly<Record<string, FeedArray>> {
  const { rows, rowLength: S, sight } = packed;
  if (sight === null) return { [numbered(name, index)]: { data: maskNamed(packed, name), shape: [rows, 1, S, S] } };
  const take = (length: number): Float32Array => sight.take(name, length);
  return blockFeeds(name, queryBlocks(maskNamed(sight, name), sight.blocks, take), { rows, index });
}

function rowFeeds(packed: PackedRows): Readonly<Record<Exclude<keyof BatchInputs, MaskName | 'blocks'>, FeedArray>> {
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
export function declareReads(batch: BatchInputs, index = 0, blocks = 1): ReadInputs {
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
    blocks: declareBlocks(readNames.attentionMask, { index, blocks, rows: B, queries: numbered('U', index) }),
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
  const feeds = (Object.keys(readNames) as ReadName[]).flatMap((name) => {
    const data = read[name];
    const isTaken = data !== null && (isRotary || name !== 'positions');
    return isTaken ? [[numbered(readNames[name], index), { data, shape: shapes[name] }] as const] : [];
  });
  return {
    ...Object.fromEntries(feeds),
    ...blockFeeds(readNames.attentionMask, read.blocks, { rows: read.rows, index }),
  };
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
  return { ...batch, tokens: null, attentionMask: batch[mask], blocks: batch.blocks[mask] };
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
