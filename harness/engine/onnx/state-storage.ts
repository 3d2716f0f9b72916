/**
 * States kept in 16 bits: widened where the model reads them, narrowed where it leaves them. onnxruntime-node 1.30
 * knows float16 as a type of its own but refuses models with a bfloat16 input or output ("Unsupported data type: 16"):
 * such states cross the border as uint16, by BitCast.
 */
import type { StateStorage } from '../../graph/index.ts';
import { narrow, widen } from '../half-floats.ts';
import { ELEMENT_TYPES, type ElementType } from './encode-protobuf.ts';
import type { GraphBuilder, ValueName } from './graph-builder.ts';

/** The type of a state at the model's border. */
export const storageTypes = { float32: 'float32', float16: 'float16', bfloat16: 'uint16' } as const satisfies Record<
  StateStorage,
  ElementType
>;

export function widened(state: ValueName, storage: StateStorage | undefined, builder: GraphBuilder): ValueName {
  if (storage === undefined || storage === 'float32') return state;
  return conversion(
    'Cast',
    storage === 'bfloat16' ? conversion('BitCast', state, 'bfloat16', builder) : state,
    'float32',
    builder,
  );
}

export function narrowed(next: ValueName, storage: StateStorage | undefined, builder: GraphBuilder): ValueName {
  if (storage === undefined || storage === 'float32') return next;
  const rounded = conversion('Cast', next, storage, builder);
  return storage === 'bfloat16' ? conversion('BitCast', rounded, 'uint16', builder) : rounded;
}

function conversion(op: 'Cast' | 'BitCast', value: ValueName, to: ElementType, builder: GraphBuilder): ValueName {
  return builder.emit(op, [value], { attributes: { to: { kind: 'int', value: ELEMENT_TYPES[to] } } });
}

/** `values` as the engine keeps them. */
export function stored(values: Float32Array, storage: StateStorage): Float32Array | Uint16Array {
  return storage === 'float32' ? values : narrow(values, storage);
}

/** The inverse of `stored`; always a copy. */
export function restored(data: Float32Array | Uint16Array, storage: StateStorage): Float32Array {
  return storage === 'float32' ? (data as Float32Array).slice() : widen(data as Uint16Array, storage);
}
