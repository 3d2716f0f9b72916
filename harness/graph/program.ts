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
  /**
   * Where the state, a vector, holds several tensors one after another: sessions take and give each of them by its own
   * name, and the name of the whole is never met outside.
   */
  readonly parts?: readonly StatePart[];
}

/** One of the tensors that lie in a flat state, row-major. */
export interface StatePart {
  readonly name: string;
  readonly shape: readonly number[];
}

/** A tensor that a session takes and gives by name, and where its values begin in its state. */
export interface PlacedPart extends StatePart {
  readonly offset: number;
  readonly size: number;
}

/** The parts of a state; one that is not flat is its own only part. */
export function partsOf({ name, input, parts }: StateEntry): readonly PlacedPart[] {
  let end = 0;
  return (parts ?? [{ name, shape: input.shape.map(Number) }]).map((part) => {
    const size = part.shape.reduce((product, dim) => product * dim, 1);
    end += size;
    return { ...part, size, offset: end - size };
  });
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
export function programOf({ outputs, state }: Pick<Program, 'outputs' | 'state'>): Program {
  checkStates(state);
  const tensors = topologicalOrder([...Object.values(outputs), ...state.flatMap((entry) => [entry.input, entry.next])]);
  const allInputs = tensors.filter((tensor): tensor is TensorOf<'input'> => tensor.op === 'input');
  const names = allInputs.map((tensor) => tensor.attributes.name);
  expectUnique('input', names);
  const kept = new Set(state.map((entry) => entry.input));
  const inputs = allInputs.filter((tensor) => !kept.has(tensor));
  return Object.freeze({ inputs, outputs, state, tensors, symbols: symbolsOf(allInputs) });
}

function checkStates(state: readonly StateEntry[]): void {
  for (const entry of state) checkState(entry);
  expectUnique(
    'state',
    state.flatMap((entry) => partsOf(entry).map(({ name }) => name)),
  );
}

function symbolsOf(inputs: readonly Tensor[]): string[] {
  const symbols = new Set(inputs.flatMap((tensor) => tensor.shape.filter((dim) => typeof dim === 'string')));
  return [...symbols].sort();
}

function checkState(entry: StateEntry): void {
  const { name, input, next } = entry;
  if (input.op !== 'input')
    throw new Error(`programOf: state "${name}" must start from an input, found ${describe(input)}`);
  if (input.dtype !== 'float32')
    throw new Error(`programOf: state "${name}" must be float32, found ${describe(input)}`);
  if (!input.shape.every((dim) => typeof dim === 'number'))
    throw new Error(`programOf: state "${name}" needs a static shape, found ${describe(input)}`);
  if (!sameShape(input.shape, next.shape))
    throw new Error(`programOf: state "${name}" changes shape from ${describe(input)} to ${describe(next)}`);
  const filled = partsOf(entry).reduce((sum, { size }) => sum + size, 0);
  if (entry.parts !== undefined && (input.shape.length !== 1 || input.shape[0] !== filled))
    throw new Error(`programOf: the parts of state "${name}" hold ${filled} values, found ${describe(input)}`);
}

function expectUnique(kind: string, names: readonly string[]): void {
  const repeated = names.filter((name, index) => names.indexOf(name) !== index);
  if (repeated.length > 0)
    throw new Error(`programOf: ${kind} names must be unique, found twice: ${[...new Set(repeated)].join(', ')}`);
}
