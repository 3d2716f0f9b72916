/** What a lowering sees: the builder, the values of other tensors on demand, and how the program uses them. */
import type { OpKind, OpTable, Program, Tensor, TensorOf } from '../../graph/index.ts';
import { dispatch } from '../../graph/index.ts';
import { graphBuilder, type GraphBuilder, type ValueName } from './graph-builder.ts';

export interface Lowering {
  readonly builder: GraphBuilder;
  /** The ONNX value of a tensor, lowered when first asked for. */
  readonly value: (tensor: Tensor) => ValueName;
  /** An int32 index tensor as int64, which some operators insist on. */
  readonly asInt64: (tensor: Tensor) => ValueName;
  readonly inputName: (tensor: TensorOf<'input'>) => ValueName;
  /** The program's first application of `op` to exactly this first input that fits, if it has one. */
  readonly findUse: <K extends OpKind>(
    op: K,
    input: Tensor,
    fits?: (found: TensorOf<K>) => boolean,
  ) => TensorOf<K> | undefined;
  /** Every application of `op` to exactly this first input, in the order of the program. */
  readonly usesOf: <K extends OpKind>(op: K, input: Tensor) => readonly TensorOf<K>[];
  /** Whether exactly one operation reads the tensor, and it is neither an output nor a next state. */
  readonly isUsedOnce: (tensor: Tensor) => boolean;
  /** Whether one thread computes, so that what is added to one place comes one after another. */
  readonly isOneThread: boolean;
}

/** One function an operation; each provider has a table of its own. */
export type LoweringTable = OpTable<[to: Lowering], ValueName>;

export interface LoweringOptions {
  readonly table: LoweringTable;
  readonly inputName: (tensor: TensorOf<'input'>) => ValueName;
  readonly isOneThread: boolean;
}

export function lowering(program: Program, { table, inputName, isOneThread }: LoweringOptions): Lowering {
  const builder = graphBuilder();
  const applied = byFirstInput(program);
  const uses = useCounts(program);
  const values = new Map<Tensor, ValueName>();
  const result: Lowering = {
    builder,
    inputName,
    usesOf: <K extends OpKind>(op: K, input: Tensor) => (applied.get(`${op} ${input.id}`) ?? []) as TensorOf<K>[],
    findUse: <K extends OpKind>(op: K, input: Tensor, fits: (found: TensorOf<K>) => boolean = () => true) =>
      result.usesOf(op, input).find(fits),
    isOneThread,
    isUsedOnce: (tensor) => uses.get(tensor) === 1,
    asInt64: (tensor) =>
      builder.emit('Cast', [result.value(tensor)], { attributes: { to: { kind: 'int', value: ONNX_INT64 } } }),
    value: (tensor) => {
      const known = values.get(tensor);
      if (known !== undefined) return known;
      const created = dispatch(table, tensor, result);
      values.set(tensor, created);
      return created;
    },
  };
  return result;
}

const ONNX_INT64 = 7;

function byFirstInput(program: Program): Map<string, Tensor[]> {
  const found = new Map<string, Tensor[]>();
  for (const tensor of program.tensors) {
    const key = `${tensor.op} ${tensor.inputs[0]?.id}`;
    found.set(key, [...(found.get(key) ?? []), tensor]);
  }
  return found;
}

function useCounts(program: Program): Map<Tensor, number> {
  const uses = new Map<Tensor, number>();
  const count = (tensor: Tensor): unknown => uses.set(tensor, (uses.get(tensor) ?? 0) + 1);
  for (const tensor of program.tensors) tensor.inputs.forEach(count);
  // An output counts twice: it must exist under its own name whatever reads it.
  for (const tensor of [...Object.values(program.outputs), ...program.state.map((entry) => entry.next)]) {
    count(tensor);
    count(tensor);
  }
  return uses;
}
