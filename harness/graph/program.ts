/** A program: named outputs, and state that stays with the session from one run to the next. */
import { sameShape } from './shape.ts';
import type { Tensor, TensorOf } from './tensor.ts';
import { describe } from './tensor.ts';
import { topologicalOrder } from './topology.ts';

/**
 * A tensor kept by the session: `next` of one run is `input` of the next (parameters, optimizer moments). `next ===
 * input` is a constant one.
 */
export interface StateEntry {
  readonly name: string;
  readonly input: Tensor;
  readonly next: Tensor;
  /**
   * How the engine keeps it between runs, float32 by default; computing stays float32. Values are rounded to nearest,
   * ties to even.
   */
  readonly storage?: StateStorage;
}

export type StateStorage = 'float32' | 'float16' | 'bfloat16';

export interface Program {
  /** Fed at every run, in order of first use. */
  readonly inputs: readonly TensorOf<'input'>[];
  readonly outputs: Readonly<Record<string, Tensor>>;
  readonly state: readonly StateEntry[];
  /** Every tensor the outputs and the state need, each after its inputs. */
  readonly tensors: readonly Tensor[];
  /** The symbolic sizes of the fed inputs and the state, sorted. */
  readonly symbols: readonly string[];
}

/**
 * Collects what the outputs and next states reach. Throws where a name is used twice or a next state has another shape
 * than its input.
 */
export function programOf(definition: {
  readonly outputs: Readonly<Record<string, Tensor>>;
  readonly state: readonly StateEntry[];
}): Program {
  const { outputs, state } = definition;
  for (const entry of state) checkState(entry);
  expectUnique(
    'state',
    state.map((entry) => entry.name),
  );
  const tensors = topologicalOrder([...Object.values(outputs), ...state.flatMap((entry) => [entry.input, entry.next])]);
  const allInputs = tensors.filter((tensor): tensor is TensorOf<'input'> => tensor.op === 'input');
  expectUnique(
    'input',
    allInputs.map((tensor) => tensor.attributes.name),
  );
  const kept = new Set(state.map((entry) => entry.input));
  const symbols = new Set(allInputs.flatMap((tensor) => tensor.shape.filter((dim) => typeof dim === 'string')));
  return Object.freeze({
    inputs: allInputs.filter((tensor) => !kept.has(tensor)),
    outputs,
    state,
    tensors,
    symbols: [...symbols].sort(),
  });
}

function checkState({ name, input, next }: StateEntry): void {
  if (input.op !== 'input')
    throw new Error(`programOf: state "${name}" must start from an input, found ${describe(input)}`);
  if (input.dtype !== 'float32')
    throw new Error(`programOf: state "${name}" must be float32, found ${describe(input)}`);
  if (!input.shape.every((dim) => typeof dim === 'number'))
    throw new Error(`programOf: state "${name}" needs a static shape, found ${describe(input)}`);
  if (!sameShape(input.shape, next.shape))
    throw new Error(`programOf: state "${name}" changes shape from ${describe(input)} to ${describe(next)}`);
}

function expectUnique(kind: string, names: readonly string[]): void {
  const repeated = names.filter((name, index) => names.indexOf(name) !== index);
  if (repeated.length > 0)
    throw new Error(`programOf: ${kind} names must be unique, found twice: ${[...new Set(repeated)].join(', ')}`);
}
