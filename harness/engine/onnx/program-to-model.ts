/** A whole program as one ONNX model. Names: `i:` fed input, `s:` state before the run, `n:` state after it, `o:` output. */
import type { Program, StateEntry, Tensor } from '../../graph/index.ts';
import { encodeModel, type OnnxModel, type OnnxNode, type OnnxValue } from './encode-protobuf.ts';
import { MICROSOFT, type GraphBuilder, type ValueName } from './graph-builder.ts';
import { lowering } from './lowering.ts';

const ONNX_VERSION = 21;

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
  return program.state.filter((entry) => read.has(entry.input) || produced.has(entry.input) || program.state.some((other) => other !== entry && other.next === entry.input));
}

export function programToModel(program: Program): Uint8Array {
  const stateNames = new Map<Tensor, string>(program.state.map((entry) => [entry.input, stateName(entry.name)]));
  const to = lowering(program, (tensor) => stateNames.get(tensor) ?? inputName(tensor.attributes.name));
  const targets = [
    ...Object.entries(program.outputs).map(([name, tensor]) => ({ name: outputName(name), tensor })),
    ...changingStates(program).map((entry) => ({ name: nextName(entry.name), tensor: entry.next })),
  ];
  const { nodes, initializers } = nameTargets(to.builder, targets.map(({ name, tensor }) => ({ name, value: to.value(tensor) })));
  return encodeModel({
    nodes,
    inputs: [
      ...program.inputs.map((tensor): OnnxValue => ({ name: inputName(tensor.attributes.name), type: tensor.dtype, shape: tensor.shape })),
      ...modelStates(program).map((entry): OnnxValue => ({ name: stateName(entry.name), type: 'float32', shape: entry.input.shape })),
    ],
    outputs: targets.map(({ name, tensor }): OnnxValue => ({ name, type: tensor.dtype, shape: tensor.shape })),
    initializers,
    operatorSets: { '': ONNX_VERSION, [MICROSOFT]: 1 },
  });
}

/** Gives each result its name: the node that makes it is renamed; a copy is made only of inputs, constants and results that have a name already. */
function nameTargets(builder: GraphBuilder, targets: readonly { name: string; value: ValueName }[]): Pick<OnnxModel, 'nodes' | 'initializers'> {
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
