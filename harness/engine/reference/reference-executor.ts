/**
 * The definition of what programs mean: every operation in float64, one after another, in plain TypeScript. Slow; it judges the other engines
 * and makes finite differences sharp. State is kept in float64 between runs and rounded to float32 only where it leaves.
 */
import type { Program, Tensor } from '../../graph/index.ts';
import { bindFeeds, bindState, staticShape } from '../bind-feeds.ts';
import type { Executor, Feeds, Session, Values } from '../executor.ts';
import { zeros, type DenseArray } from './array.ts';
import { evaluateOp } from './evaluate-op.ts';

export function referenceExecutor(): Executor {
  return { name: 'reference', compile: async (program) => new ReferenceSession(program) };
}

/** Output values in float64: what finite differences need. State inputs are read from `feeds` like any other input. */
export function evaluateProgram(program: Program, values: ReadonlyMap<Tensor, DenseArray>): Map<Tensor, DenseArray> {
  const known = new Map(values);
  for (const tensor of program.tensors) {
    if (!known.has(tensor)) known.set(tensor, evaluateOp(tensor, tensor.inputs.map((source) => known.get(source) as DenseArray)));
  }
  return known;
}

class ReferenceSession implements Session {
  readonly #program: Program;
  #state: Map<Tensor, DenseArray>;

  constructor(program: Program) {
    this.#program = program;
    this.#state = new Map(program.state.map((entry) => [entry.input, zeros(staticShape(entry))]));
  }

  setState(values: Readonly<Record<string, Float32Array>>): void {
    for (const { entry, value } of bindState(this.#program, values)) {
      this.#state.set(entry.input, { shape: staticShape(entry), data: Float64Array.from(value) });
    }
  }

  async run(feeds: Feeds): Promise<Values> {
    const bound = bindFeeds(this.#program, feeds);
    const known = new Map<Tensor, DenseArray>(this.#state);
    for (const { input, data, shape } of bound) known.set(input, { shape, data: Float64Array.from(data) });
    const results = evaluateProgram(this.#program, known);
    const valueOf = (tensor: Tensor): DenseArray => results.get(tensor) as DenseArray;
    this.#state = new Map(this.#program.state.map((entry) => [entry.input, valueOf(entry.next)]));
    return Object.fromEntries(Object.entries(this.#program.outputs).map(([name, tensor]) => [name, Float32Array.from(valueOf(tensor).data)]));
  }

  async getState(): Promise<Values> {
    return Object.fromEntries(this.#program.state.map((entry) => [entry.name, Float32Array.from((this.#state.get(entry.input) as DenseArray).data)]));
  }

  async release(): Promise<void> {
    this.#state = new Map();
  }
}
