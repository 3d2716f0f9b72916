/**
 * Cross-entropy without LogSoftmax, which the WebGPU provider lacks, from shared nodes: logits less their row's
 * maximum, exponentials, and their sum.
 */
import type { Tensor, TensorOf } from '../../graph/index.ts';
import type { AttributeValue } from './encode-protobuf.ts';
import type { ValueName } from './graph-builder.ts';
import type { Lowering } from './lowering.ts';

/** log(sum exp(x - max)) - (x - max)[target]: finite for all finite logits. */
export function crossEntropyOnDevice(t: TensorOf<'crossEntropyRows'>, to: Lowering): ValueName {
  const { builder } = to;
  const [logits, targets] = t.inputs as [Tensor, Tensor];
  const { shifted, sum } = exponentials(logits, to);
  const picked = builder.emit('GatherElements', [shifted, targetColumn(targets, to)], { attributes: LAST_AXIS });
  return builder.emit('Squeeze', [builder.emit('Sub', [builder.emit('Log', [sum]), picked]), builder.int64(1)]);
}

/** softmax with 1 subtracted at each target. */
export function logitsGradientOnDevice(t: TensorOf<'crossEntropyLogitsGradient'>, to: Lowering): ValueName {
  const { builder } = to;
  const [logits, targets] = t.inputs as [Tensor, Tensor];
  const { powers, sum } = exponentials(logits, to);
  const column = targetColumn(targets, to);
  const minusOne = builder.emit('Expand', [builder.scalar(-1), builder.emit('Shape', [column])]);
  return builder.emit('ScatterElements', [builder.emit('Div', [powers, sum]), column, minusOne], {
    attributes: { ...LAST_AXIS, reduction: { kind: 'string', value: 'add' } },
  });
}

const LAST_AXIS: Readonly<Record<string, AttributeValue>> = { axis: { kind: 'int', value: 1 } };
const KEEP: Readonly<Record<string, AttributeValue>> = { keepdims: { kind: 'int', value: 1 } };

function exponentials(
  logits: Tensor,
  { builder, value }: Lowering,
): { shifted: ValueName; powers: ValueName; sum: ValueName } {
  const x = value(logits);
  const shifted = builder.emit('Sub', [x, builder.emit('ReduceMax', [x, builder.int64(1)], { attributes: KEEP })]);
  const powers = builder.emit('Exp', [shifted]);
  return { shifted, powers, sum: builder.emit('ReduceSum', [powers, builder.int64(1)], { attributes: KEEP }) };
}

function targetColumn(targets: Tensor, { builder, value }: Lowering): ValueName {
  return builder.emit('Unsqueeze', [value(targets), builder.int64(1)]);
}
