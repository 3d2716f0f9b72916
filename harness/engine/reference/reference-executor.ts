/**
 * The definition of what programs mean: every operation in float64, one after another, in plain TypeScript. Slow; it
 * judges the other engines and makes finite differences sharp. State is kept in float64 between runs and rounded to
 * float32 only where it leaves, or as its storage says.
 */
import type { Program, StateEntry, Tensor } from '../../graph/index.ts';
import { bindFeeds, bindState, namedParts, staticShape } from '../bind-feeds.ts';
import { formOf, sharedState, type StateForm } from '../check-shared-state.ts';
import type { Executor, Feeds, Session, Values } from '../executor.ts';
import { narrow, widen } from '../half-floats.ts';
import { zeros, type DenseArray } from './array.ts';
import { evaluateOp } from './evaluate-op.ts';

export function referenceExecutor(): Executor {
  return {
    name: 'reference',
    compile: async (program, { stateOf } = {}) => {
      if (stateOf !== undefined && !(stateOf instanceof ReferenceSession))
        throw new Error('compile: stateOf is a session of another executor than reference');
      return new ReferenceSession(program, stateOf);
    },
  };
}

/** Output values in float64: what finite differences need. State inputs are read from `feeds` like any other input. */
export function evaluateProgram(program: Program, values: ReadonlyMap<Tensor, DenseArray>): Map<Tensor, DenseArray> {
  const known = new Map(values);
  for (const tensor of program.tensors) {
    if (!known.has(tensor))
      known.set(
        tensor,
        evaluateOp(
          tensor,
          tensor.inputs.map((source) => known.get(source) as DenseArray),
        ),
      );
  }
  return known;
}

/** One state's value, shared by the sessions that were made with `stateOf`. */
interface Slot {
  readonly form: StateForm;
  value: DenseArray;
}

class ReferenceSession implements Session {
  readonly #program: Program;
  readonly #slots: ReadonlyMap<StateEntry, Slot>;

  constructor(program: Program, stateOf?: ReferenceSession) {
    this.#program = program;
    const given = stateOf === undefined ? [] : [...stateOf.#slots.values()];
    this.#slots = new Map(
      program.state.map((entry) => [
        entry,
        sharedState(given, entry) ?? { form: formOf(entry), value: zeros(staticShape(entry)) },
      ]),
    );
  }

  setState(values: Readonly<Record<string, Float32Array>>): void {
    for (const { entry, offset, value } of bindState(this.#program, values)) {
      const slot = this.#slot(entry);
      const data = slot.value.data.slice();
      data.set(value, offset);
      slot.value = stored({ shape: slot.value.shape, data }, entry);
    }
  }

  async run(feeds: Feeds): Promise<Values> {
    const bound = bindFeeds(this.#program, feeds);
    const known = new Map<Tensor, DenseArray>([...this.#slots].map(([entry, slot]) => [entry.input, slot.value]));
    for (const { input, data, shape } of bound) known.set(input, { shape, data: Float64Array.from(data) });
    const results = evaluateProgram(this.#program, known);
    const valueOf = (tensor: Tensor): DenseArray => results.get(tensor) as DenseArray;
    for (const [entry, slot] of this.#slots) slot.value = stored(valueOf(entry.next), entry);
    return Object.fromEntries(
      Object.entries(this.#program.outputs).map(([name, tensor]) => [name, Float32Array.from(valueOf(tensor).data)]),
    );
  }

  async getState(): Promise<Values> {
    return Object.fromEntries(
      [...this.#slots].flatMap(([entry, { value }]) => namedParts(entry, Float32Array.from(value.data))),
    );
  }

  /** Nothing to free: the garbage collector sees to it. */
  async release(): Promise<void> {}

  #slot(entry: StateEntry): Slot {
    return this.#slots.get(entry) as Slot;
  }
}

/** Rounded as the entry's storage rounds; float32 stays in float64. */
function stored(value: DenseArray, { storage = 'float32' }: StateEntry): DenseArray {
  if (storage === 'float32') return value;
  return {
    shape: value.shape,
    data: Float64Array.from(widen(narrow(Float32Array.from(value.data), storage), storage)),
  };
}
