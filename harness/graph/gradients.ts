/** Reverse-mode differentiation of a scalar, on the graph itself: the result is more graph. */
import { add } from './elementwise.ts';
import { gradientRules, softmaxGradient } from './gradient-rules.ts';
import { concat } from './layout.ts';
import { sameShape } from './shape.ts';
import type { Tensor, TensorOf } from './tensor.ts';
import { constant, describe, dispatch, makeTensor } from './tensor.ts';
import { topologicalOrder } from './topology.ts';

/** x itself, through which no gradient flows. */
export function stopGradient(x: Tensor): Tensor {
  return makeTensor('stopGradient', [x], {}, x.shape, x.dtype);
}

/**
 * d loss / d w for each w of `wrt`, in order. `loss` must be a scalar.
 * @throws Error that names every w on which the loss does not depend (a zero gradient would hide a model that is not
 * wired up).
 */
export function gradients(loss: Tensor, wrt: readonly Tensor[]): Tensor[] {
  if (loss.shape.length !== 0) throw new Error(`gradients: the loss must be a scalar, found ${describe(loss)}`);
  const order = topologicalOrder([loss]);
  const found = backpropagate(loss, order, dependents(order, new Set(wrt)));
  const unused = wrt.filter((tensor) => !found.has(tensor));
  if (unused.length > 0) throw new Error(`gradients: the loss does not depend on ${unused.map(describe).join(', ')}`);
  return wrt.map((tensor) => found.get(tensor) as Tensor);
}

/** The gradients of the needed tensors on which the loss depends. */
function backpropagate(loss: Tensor, order: readonly Tensor[], needed: ReadonlySet<Tensor>): Map<Tensor, Tensor> {
  const seed: Contribution = { gradient: constant(1), consumer: null, upstream: null };
  const contributions = new Map([[loss, [seed]]]);
  const found = new Map<Tensor, Tensor>();
  for (const tensor of order.toReversed()) {
    const parts = contributions.get(tensor);
    if (parts === undefined || !needed.has(tensor)) continue;
    const upstream = accumulate(parts);
    found.set(tensor, upstream);
    for (const [source, gradient] of neededGradients(tensor, inputGradients(tensor, upstream, parts), needed))
      append(contributions, source, { gradient, consumer: tensor, upstream });
  }
  return found;
}

function append<Key, Value>(lists: Map<Key, Value[]>, key: Key, value: Value): void {
  const list = lists.get(key);
  if (list === undefined) lists.set(key, [value]);
  else list.push(value);
}

/** The inputs of `tensor` that are needed, each with its gradient. Throws where a rule gives one of another shape. */
function neededGradients(
  tensor: Tensor,
  slopes: readonly (Tensor | null)[],
  needed: ReadonlySet<Tensor>,
): readonly (readonly [Tensor, Tensor])[] {
  return slopes.flatMap((gradient, index) => {
    const source = tensor.inputs[index];
    if (gradient === null || source === undefined || !needed.has(source)) return [];
    if (!sameShape(gradient.shape, source.shape))
      throw new Error(`gradients: the rule of ${describe(tensor)} gives ${describe(gradient)} for ${describe(source)}`);
    return [[source, gradient] as const];
  });
}

/** One part of a tensor's gradient, with the operation it came through and that operation's own upstream gradient. */
interface Contribution {
  readonly gradient: Tensor;
  readonly consumer: Tensor | null;
  readonly upstream: Tensor | null;
}

function inputGradients(tensor: Tensor, upstream: Tensor, parts: readonly Contribution[]): readonly (Tensor | null)[] {
  if (tensor.op === 'softmax') return [softmaxGradient(tensor, upstream, weightedOutput(tensor, parts))];
  return dispatch(gradientRules, tensor, upstream);
}

/**
 * For attention weights y used once, in o = y v: the pair (o, do) from which the softmax gradient's row sums are
 * cheaper.
 */
function weightedOutput(y: Tensor, parts: readonly Contribution[]): { output: Tensor; upstream: Tensor } | null {
  const [part] = parts;
  if (part === undefined || parts.length !== 1 || part.upstream === null) return null;
  const output = part.consumer;
  const isWeighting = output?.op === 'matmul' && output.inputs[0] === y && !output.attributes.transposeA;
  return isWeighting ? { output, upstream: part.upstream } : null;
}

/** Tensors of `order` that depend on one of `wrt`; stopGradient cuts. */
function dependents(order: readonly Tensor[], wrt: ReadonlySet<Tensor>): Set<Tensor> {
  const result = new Set<Tensor>();
  for (const tensor of order) {
    const depends = tensor.op !== 'stopGradient' && tensor.inputs.some((source) => result.has(source));
    if (depends || wrt.has(tensor)) result.add(tensor);
  }
  return result;
}

function accumulate(parts: readonly Contribution[]): Tensor {
  const all = parts.map((part) => part.gradient);
  const tiled = joinSlices(all);
  if (tiled !== null) return tiled;
  return all.reduce((total, part) => add(total, part));
}

/**
 * Gradients of slices that together cover their source exactly (a `split`) are concatenated instead of padded and
 * added.
 */
function joinSlices(parts: readonly Tensor[]): Tensor | null {
  const padded = parts.filter((part): part is TensorOf<'padAxis'> => part.op === 'padAxis');
  const [first] = padded;
  if (first === undefined || padded.length !== parts.length) return null;
  const inOrder = padded.toSorted((a, b) => a.attributes.before - b.attributes.before);
  const { axis } = first.attributes;
  if (filledSize(inOrder, axis) !== first.shape[axis]) return null;
  return concat(
    inOrder.map((part) => part.inputs[0] as Tensor),
    axis,
  );
}

/** Size of the slices together; null where they leave a gap, overlap or lie along another axis. */
function filledSize(inOrder: readonly TensorOf<'padAxis'>[], axis: number): number | null {
  let filled = 0;
  for (const part of inOrder) {
    if (part.attributes.axis !== axis || part.attributes.before !== filled) return null;
    filled += part.inputs[0]?.shape[axis] as number;
  }
  return filled;
}
