/**
 * The value of one state between runs. Sessions that share a state hold the same buffer; the last to leave frees it.
 */
import type { StateEntry } from '../../graph/index.ts';
import { sizeOfShape, staticShape } from '../bind-feeds.ts';
import { formOf, type StateForm } from '../check-shared-state.ts';
import type { Tf, TfTensor } from './backends.ts';

export class StateBuffer {
  readonly form: StateForm;
  readonly #shape: number[];
  /** A new value waits here until a run needs it: `setState` may be called while another backend is the active one. */
  #waiting: Float32Array | null;
  #tensor: TfTensor | null = null;
  #users = 1;

  constructor(entry: StateEntry) {
    this.form = formOf(entry);
    this.#shape = staticShape(entry);
    this.#waiting = new Float32Array(sizeOfShape(this.#shape));
  }

  /** One more session that will release it. */
  share(): this {
    this.#users += 1;
    return this;
  }

  set(values: Float32Array, offset: number): void {
    if (values.length === sizeOfShape(this.#shape)) {
      this.#waiting = values.slice();
      return;
    }
    // Of a flat state: the rest stays as it is.
    this.#waiting ??= (this.#tensor as TfTensor).dataSync<'float32'>().slice();
    this.#waiting.set(values, offset);
  }

  tensor(tf: Tf): TfTensor {
    if (this.#waiting !== null) {
      this.replace(tf.tensor(this.#waiting, this.#shape));
      this.#waiting = null;
    }
    return this.#tensor as TfTensor;
  }

  /** Takes `next` over and frees the value before it. */
  replace(next: TfTensor): void {
    this.#tensor?.dispose();
    this.#tensor = next;
  }

  async read(): Promise<Float32Array> {
    // The cpu backend gives the very array it computes with.
    return this.#waiting?.slice() ?? Float32Array.from(await (this.#tensor as TfTensor).data());
  }

  release(): void {
    this.#users -= 1;
    if (this.#users > 0) return;
    this.#tensor?.dispose();
    this.#tensor = null;
  }
}
