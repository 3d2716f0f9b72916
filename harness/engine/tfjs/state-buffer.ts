/**
 * The value of one state between runs. Sessions that share a state hold the same buffer; the last to leave frees it.
 */
import type { StateEntry } from '../../graph/index.ts';
import { sizeOfShape, staticShape } from '../bind-feeds.ts';
import { checkSharedState, formOf } from '../check-shared-state.ts';
import type { Tf, TfTensor } from './backends.ts';

export class StateBuffer {
  readonly #entry: StateEntry;
  readonly #shape: number[];
  /** A new value waits here until a run needs it: `setState` may be called while another backend is the active one. */
  #waiting: Float32Array | null;
  #tensor: TfTensor | null = null;
  #users = 1;

  constructor(entry: StateEntry) {
    this.#entry = entry;
    this.#shape = staticShape(entry);
    this.#waiting = new Float32Array(sizeOfShape(this.#shape));
  }

  /** One more session that will release it. Throws where its entry has another shape or storage. */
  shareWith(entry: StateEntry): this {
    checkSharedState(formOf(this.#entry), entry);
    this.#users += 1;
    return this;
  }

  set(values: Float32Array): void {
    this.#waiting = values.slice();
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
