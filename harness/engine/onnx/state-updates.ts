/**
 * Which states of a program are updated by kernels in place, after a run that computes only what they are updated with.
 * An optimizer's dozen elementwise operations a parameter are then one pass over memory, and its results leave ONNX
 * Runtime no more, which would write and copy each of them.
 */
import { scalarValue, programOf, type Program, type StateEntry, type Tensor } from '../../graph/index.ts';
import type { VectorOp } from '../wasm/encode-module.ts';
import type { ElementwiseKernel, KernelValue } from '../wasm/elementwise-kernel.ts';

/** States that one kernel reads and writes, element by element. */
export interface StateUpdate {
  /** In the order of the kernel's first arrays. */
  readonly states: readonly StateEntry[];
  /** Names of the computed arrays behind them, outputs of the computed program. */
  readonly computed: readonly string[];
  readonly scalars: readonly ScalarSource[];
  readonly kernel: ElementwiseKernel;
}

export type ScalarSource =
  | { readonly kind: 'fed'; readonly name: string }
  | { readonly kind: 'computed'; readonly name: string }
  | { readonly kind: 'constant'; readonly value: number };

export interface SplitProgram {
  /** What ONNX Runtime computes: outputs of the program, and what the updates need. */
  readonly computed: Program;
  readonly updates: readonly StateUpdate[];
}

/** @param canPlace Whether these states can lie in one memory for kernels, with an array for each computed one. */
export function splitUpdates(
  program: Program,
  canPlace: (states: readonly StateEntry[], computed: number) => boolean,
): SplitProgram {
  const groups = connected(program)
    .map((changing) => groupOf(program, changing, stateInputs(program)))
    .filter(({ states, computed }) => canPlace(states, computed.length));
  const fed = new Set<Tensor>(program.inputs);
  const isComputed = (tensor: Tensor): boolean => !fed.has(tensor) && tensor.op !== 'constant';
  const names = namesOf(groups.flatMap(({ computed, scalars }) => [...computed, ...scalars.filter(isComputed)]));
  const updated = new Set(groups.flatMap(({ changing }) => changing));
  const computed = programOf({
    outputs: { ...program.outputs, ...Object.fromEntries([...names].map(([tensor, name]) => [name, tensor])) },
    state: program.state.map((entry) => (updated.has(entry) ? { ...entry, next: entry.input } : entry)),
  });
  return { computed, updates: groups.map((group) => updateOf(group, names)) };
}

/** Each tensor has one name, however many updates read it. */
function namesOf(tensors: readonly Tensor[]): ReadonlyMap<Tensor, string> {
  return new Map([...new Set(tensors)].map((tensor, index) => [tensor, `update.${index}`]));
}

const vectorOpOf: Readonly<Partial<Record<Tensor['op'], VectorOp>>> = {
  add: 'add',
  subtract: 'subtract',
  multiply: 'multiply',
  divide: 'divide',
  negate: 'negate',
  sqrt: 'squareRoot',
  square: 'multiply',
};

function isOperation(tensor: Tensor, entry: StateEntry): boolean {
  return (
    vectorOpOf[tensor.op] !== undefined &&
    isLike(tensor, entry) &&
    tensor.inputs.every((input) => isScalar(input) || isLike(input, entry))
  );
}

function isLike({ shape, dtype }: Tensor, { input }: StateEntry): boolean {
  return dtype === 'float32' && shape.join() === input.shape.join();
}

function isScalar({ shape, dtype }: Tensor): boolean {
  return dtype === 'float32' && shape.length === 0;
}

type StateInputs = ReadonlySet<Tensor>;

function stateInputs({ state }: Program): StateInputs {
  return new Set(state.map(({ input }) => input));
}

/**
 * What the new value of a state is computed from, through elementwise operations of its shape. An operation on computed
 * arrays alone is left to the model, unless it reads a single one: a sum of gradients then stays one array.
 */
function leavesOf(entry: StateEntry, inputs: StateInputs): readonly Tensor[] {
  const leaves = new Set<Tensor>();
  const visit = (tensor: Tensor): void => {
    const arrays = new Set(tensor.inputs.filter((input) => !isScalar(input)));
    const isInside = isOperation(tensor, entry) && (arrays.size === 1 || readsState(tensor, entry, inputs));
    if (isInside) tensor.inputs.forEach(visit);
    else leaves.add(tensor);
  };
  visit(entry.next);
  return [...leaves];
}

function readsState(tensor: Tensor, entry: StateEntry, inputs: StateInputs): boolean {
  if (inputs.has(tensor)) return true;
  return isOperation(tensor, entry) && tensor.inputs.some((input) => readsState(input, entry, inputs));
}

interface Touching {
  readonly entries: readonly StateEntry[];
  readonly leaves: readonly Tensor[];
}

/** Changing states in groups that share an array, another state above all. */
function connected(program: Program): readonly (readonly StateEntry[])[] {
  const inputs = stateInputs(program);
  let groups: readonly Touching[] = [];
  for (const entry of program.state.filter(isUpdatable)) {
    const leaves = [entry.input, ...leavesOf(entry, inputs).filter((leaf) => !isScalar(leaf))];
    const isTouching = (group: Touching): boolean => group.leaves.some((leaf) => leaves.includes(leaf));
    const together = [...groups.filter(isTouching), { entries: [entry], leaves }];
    const merged = {
      entries: together.flatMap((group) => group.entries),
      leaves: together.flatMap((group) => group.leaves),
    };
    groups = [...groups.filter((group) => !isTouching(group)), merged];
  }
  return groups.map(({ entries }) => entries);
}

/** A state of rank 0 would be taken for a scalar; one kept in 16 bits is widened where it is computed. */
function isUpdatable(entry: StateEntry): boolean {
  const { input, next, storage = 'float32' } = entry;
  return next !== input && storage === 'float32' && input.shape.length > 0 && isOperation(next, entry);
}

/** States that are updated together, and what their new values are computed from. */
interface UpdateGroup {
  readonly changing: readonly StateEntry[];
  /** The changing ones, then those that are only read. */
  readonly states: readonly StateEntry[];
  readonly computed: readonly Tensor[];
  readonly scalars: readonly Tensor[];
}

function groupOf(program: Program, changing: readonly StateEntry[], stateInputs: StateInputs): UpdateGroup {
  const leaves = [...new Set(changing.flatMap((entry) => leavesOf(entry, stateInputs)))];
  const arrays = leaves.filter((leaf) => !isScalar(leaf));
  const read = program.state.filter(
    (entry) => !changing.includes(entry) && (entry.storage ?? 'float32') === 'float32' && arrays.includes(entry.input),
  );
  const states = [...changing, ...read];
  const inputs = new Set(states.map(({ input }) => input as Tensor));
  return {
    changing,
    states,
    computed: arrays.filter((leaf) => !inputs.has(leaf)),
    scalars: leaves.filter(isScalar),
  };
}

function updateOf(group: UpdateGroup, names: ReadonlyMap<Tensor, string>): StateUpdate {
  const { changing, states, computed, scalars } = group;
  const values = new KernelValues([...states.map(({ input }) => input), ...computed], scalars);
  const stores = changing.map(({ next }, array) => ({ value: values.numberOf(next), array }));
  return {
    states,
    computed: computed.map((tensor) => names.get(tensor) as string),
    scalars: scalars.map((scalar) => sourceOf(scalar, names.get(scalar))),
    kernel: { arrays: states.length + computed.length, scalars: scalars.length, values: values.all, stores },
  };
}

/** The values of a kernel, each behind its operands: what it is given, and what it computes. */
class KernelValues {
  readonly all: KernelValue[] = [];
  readonly #numbers = new Map<Tensor, number>();

  constructor(arrays: readonly Tensor[], scalars: readonly Tensor[]) {
    arrays.forEach((leaf, index) => this.#add(leaf, { kind: 'array', index }));
    scalars.forEach((leaf, index) => this.#add(leaf, { kind: 'scalar', index }));
  }

  numberOf(tensor: Tensor): number {
    return this.#numbers.get(tensor) ?? this.#add(tensor, this.#operation(tensor));
  }

  #operation(tensor: Tensor): KernelValue {
    const op = vectorOpOf[tensor.op] as VectorOp;
    const operands = tensor.inputs.map((input) => this.numberOf(input));
    // A square is a product.
    return { kind: 'operation', op, operands: tensor.op === 'square' ? [...operands, ...operands] : operands };
  }

  #add(tensor: Tensor, value: KernelValue): number {
    this.#numbers.set(tensor, this.all.length);
    return this.all.push(value) - 1;
  }
}

/** @param name Of a computed one. */
function sourceOf(scalar: Tensor, name: string | undefined): ScalarSource {
  if (name !== undefined) return { kind: 'computed', name };
  if (scalar.op === 'input') return { kind: 'fed', name: scalar.attributes.name };
  return { kind: 'constant', value: scalarValue(scalar) as number };
}
