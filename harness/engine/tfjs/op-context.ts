/** What the functions of the operation table see. Types only. */
import type { Tensor } from '../../graph/index.ts';
import type { Tf, TfTensor } from './backends.ts';

export interface OpContext {
  readonly tf: Tf;
  /** Where some operations are better put another way: TensorFlow's library, wasm, or plain JavaScript. */
  readonly engine: 'native' | 'wasm' | 'cpu';
  /**
   * @throws Error where a fed index that `indices` holds is not in 0..rows-1. The wasm backend would read or write
   * beyond the array.
   */
  expectIndices(indices: Tensor, rows: number): void;
}

/** One operation: `xs` are the values of its inputs, with the sizes of this run. */
export type OpValues = readonly TfTensor[];
