/**
 * A whole program as one ONNX model. Names: `i:` fed input, `s:` state before the run, `n:` state after it, `o:`
 * output.
 */
import type { Program, StateEntry, Tensor, TensorOf } from '../../graph/index.ts';
import { encodeModel, type OnnxModel, type OnnxNode, type OnnxValue } from './encode-protobuf.ts';
import { MICROSOFT, type GraphBuilder, type ValueName } from './graph-builder.ts';
import { onnxLowerings } from './lower-op.ts';
import { lowering, type Lowering, type LoweringTable } from './lowering.ts';
import { narrowed, storageTypes, widened } from './state-storage.ts';

const ONNX_VERSION = 21;
/** The first with BitCast. */
const ONNX_VERSION_FOR_BFLOAT16 = 26;

export const inputName = (name: string): string => `i:${name}`;
export const stateName = (name: string): string => `s:${name}`;
export const nextName = (name: string): string => `n:${name}`;
export const outputName = (name: string): string => `o:${name}`;

/** States that a run changes; the others are only read, and are no outputs of the model. */
export function changingStates(program: Program): StateEntry[] {
  return program.state.filter((entry) => entry.next !== entry.input);
}

/** States that the model reads. */
export function modelStates(program: Program): StateEntry[] {
  const read = new Set(program.tensors.flatMap((tensor) => tensor.inputs));
  const produced = new Set(Object.values(program.outputs));
  return program.state.filter(
    (entry) =>
      read.has(entry.input) ||
      produced.has(entry.input) ||
      program.state.some((other) => other !== entry && other.next === entry.input),
  );
}

export interface ModelOptions {
  /** How the provider that will run it wants the operations; the CPU's by default. */
  readonly table?: LoweringTable;
  /** Whether no operation will be split among threads. */
  readonly isOneThread?: boolean;
}

export function programToModel(
  program: Program,
  { table = onnxLowerings, isOneThread = false }: ModelOptions = {},
): Uint8Array {
  const states = new Map<Tensor, StateEntry>(program.state.map((entry) => [entry.input, entry]));
  const nameOf = (tensor: TensorOf<'input'>): ValueName => {
    const entry = states.get(tensor);
    return entry === undefined
      ? inputName(tensor.attributes.name)
      : widened(stateName(entry.name), entry.storage, to.builder);
  };
  const to: Lowering = lowering(program, { table: gatheringFirst(table, states), inputName: nameOf, isOneThread });
  const targets = [...outputTargets(program, to), ...stateTargets(program, to)];
  const usesBfloat16 = program.state.some(({ storage }) => storage === 'bfloat16');
  const named = nameTargets(to.builder, targets);
  return encodeModel({
    ...named,
    nodes: conversionsFirst(named.nodes, modelStates(program)),
    inputs: modelInputs(program),
    outputs: targets.map(({ name, tensor, type }): OnnxValue => ({ name, type, shape: tensor.shape })),
    operatorSets: { '': usesBfloat16 ? ONNX_VERSION_FOR_BFLOAT16 : ONNX_VERSION, [MICROSOFT]: 1 },
  });
}

/**
 * The nodes that widen whole states in front of all others. ONNX Runtime orders nodes from the outputs backwards, and
 * among the inputs of a node the one that stands later in the model comes first: with a conversion there, all of them
 * are made before the first layer, and all widened states lie in memory at once. In front, each is made just before it
 * is read.
 */
function conversionsFirst(nodes: readonly OnnxNode[], states: readonly StateEntry[]): readonly OnnxNode[] {
  const stored = new Set(states.map(({ name }) => stateName(name)));
  const first: OnnxNode[] = [];
  const others: OnnxNode[] = [];
  for (const node of nodes) {
    const isConversion = (node.op === 'Cast' || node.op === 'BitCast') && stored.has(node.inputs[0] ?? '');
    if (isConversion) node.outputs.forEach((output) => stored.add(output));
    (isConversion ? first : others).push(node);
  }
  return [...first, ...others];
}

/**
 * Rows of a state kept in 16 bits are gathered before they are widened: of an embedding of 150,000 tokens only those of
 * the batch.
 */
function gatheringFirst(table: LoweringTable, states: ReadonlyMap<Tensor, StateEntry>): LoweringTable {
  return {
    ...table,
    gatherRows: (t, to) => {
      const [from, indices] = t.inputs as [Tensor, Tensor];
      const { name = '', storage = 'float32' } = states.get(from) ?? {};
      if (storage === 'float32') return table.gatherRows(t, to);
      return widened(to.builder.emit('Gather', [stateName(name), to.value(indices)]), storage, to.builder);
    },
  };
}

/** A result of the model: the value that makes it, and the name it is to have. */
interface Target {
  readonly name: string;
  readonly tensor: Tensor;
  readonly value: ValueName;
  readonly type: OnnxValue['type'];
}

function outputTargets({ outputs }: Program, to: Lowering): readonly Target[] {
  return Object.entries(outputs).map(([name, tensor]) => ({
    name: outputName(name),
    tensor,
    value: to.value(tensor),
    type: tensor.dtype,
  }));
}

function stateTargets(program: Program, to: Lowering): readonly Target[] {
  return changingStates(program).map(({ name, next, storage }) => ({
    name: nextName(name),
    tensor: next,
    value: narrowed(to.value(next), storage, to.builder),
    type: storageTypes[storage ?? 'float32'],
  }));
}

function modelInputs(program: Program): readonly OnnxValue[] {
  return [
    ...program.inputs.map(({ attributes, dtype, shape }) => ({ name: inputName(attributes.name), type: dtype, shape })),
    ...modelStates(program).map(({ name, storage, input }) => ({
      name: stateName(name),
      type: storageTypes[storage ?? 'float32'],
      shape: input.shape,
    })),
  ];
}

/**
 * Gives each result its name: the node that makes it is renamed; a copy is made only of inputs, constants and results
 * that have a name already.
 */
function nameTargets(
  builder: GraphBuilder,
  targets: readonly { name: string; value: ValueName }[],
): Pick<OnnxModel, 'nodes' | 'initializers'> {
  const made = new Set(builder.nodes.flatMap((node) => node.outputs));
  const names = new Map<ValueName, string>();
  const copies: OnnxNode[] = [];
  for (const { name, value } of targets) {
    if (made.has(value) && !names.has(value)) names.set(value, name);
    else copies.push({ op: 'Identity', domain: '', inputs: [value], outputs: [name], attributes: {} });
  }
  const rename = (value: ValueName): string => names.get(value) ?? value;
  const nodes = [...builder.nodes, ...copies];
  return {
    nodes: nodes.map((node) => ({ ...node, inputs: node.inputs.map(rename), outputs: node.outputs.map(rename) })),
    initializers: builder.initializers,
  };
}
