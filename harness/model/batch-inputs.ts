/** The tensors a decoder program is fed per batch, and the arrays that go in: names and shapes stand here once. Sizes: N tokens, B rows, S row length. */
import { input, type Tensor } from '../graph/index.ts';
import type { ModelSpec } from '../spec/experiment-schema.ts';
import type { PackedRows } from './pack-rows.ts';
import { parameterShapes } from './parameter-shapes.ts';

export interface BatchInputs {
  readonly tokenIds: Tensor; // [N]
  readonly positions: Tensor; // [N]
  readonly packIndex: Tensor; // [N]
  readonly padIndex: Tensor; // [B, S]
  readonly padMask: Tensor; // [B, S]
  readonly attentionMask: Tensor; // [B, 1, S, S]
}

export interface FeedArray { readonly data: Float32Array | Int32Array; readonly shape: readonly number[] }

export function declareBatch(): BatchInputs {
  return {
    tokenIds: input('tokenIds', ['N'], 'int32'),
    positions: input('positions', ['N'], 'int32'),
    packIndex: input('packIndex', ['N'], 'int32'),
    padIndex: input('padIndex', ['B', 'S'], 'int32'),
    padMask: input('padMask', ['B', 'S']),
    attentionMask: input('attentionMask', ['B', 1, 'S', 'S']),
  };
}

export function batchFeeds(packed: PackedRows): { readonly [Name in keyof BatchInputs]: FeedArray } {
  const { tokens: N, rows: B, rowLength: S } = packed;
  return {
    tokenIds: { data: packed.tokenIds, shape: [N] },
    positions: { data: packed.positions, shape: [N] },
    packIndex: { data: packed.packIndex, shape: [N] },
    padIndex: { data: packed.padIndex, shape: [B, S] },
    padMask: { data: packed.padMask, shape: [B, S] },
    attentionMask: { data: packed.attentionMask, shape: [B, 1, S, S] },
  };
}

/** One input per parameter of the model, by Hugging Face name. */
export function declareParameters(model: ModelSpec, vocabSize: number): Readonly<Record<string, Tensor>> {
  return Object.fromEntries([...parameterShapes(model, vocabSize)].map(([name, shape]) => [name, input(name, shape)]));
}
