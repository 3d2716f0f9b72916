/**
 * Ranges of an axis whose places are fed: copied as whole runs, where a gather and a scatter would go element by
 * element.
 */
import type { Tensor, TensorOf } from '../../graph/index.ts';
import type { ValueName } from './graph-builder.ts';
import type { Lowering } from './lowering.ts';

export function takeRangeNodes(t: TensorOf<'takeRange'>, to: Lowering): ValueName {
  const [x, places] = t.inputs as [Tensor, Tensor];
  const { start, end } = boundsOf(places, to);
  return to.builder.emit('Slice', [to.value(x), start, end, to.builder.int64(t.attributes.axis)]);
}

export function placeRangeNodes(t: TensorOf<'placeRange'>, to: Lowering): ValueName {
  const { builder, value } = to;
  const [x, places, like] = t.inputs as [Tensor, Tensor, Tensor];
  const axis = builder.int64(t.attributes.axis);
  const { start, end } = boundsOf(places, to);
  const size = builder.emit('Gather', [builder.emit('Shape', [value(like)]), axis]);
  const around = builder.emit('Concat', [start, builder.emit('Sub', [size, end])], { attributes: FIRST_AXIS });
  return builder.emit('Pad', [value(x), around, '', axis]);
}

const FIRST_AXIS = { axis: { kind: 'int', value: 0 } } as const;
const TO_INT64 = { to: { kind: 'int', value: 7 } } as const;

/** Vectors of one value each: the first place, and the one behind the last. */
function boundsOf(places: Tensor, to: Lowering): { readonly start: ValueName; readonly end: ValueName } {
  const { builder } = to;
  const at = (index: number): ValueName => {
    const one = builder.emit('Gather', [to.value(places), builder.int64(index)]);
    return builder.emit('Cast', [one], { attributes: TO_INT64 });
  };
  return { start: at(0), end: builder.emit('Add', [at(-1), builder.int64(1)]) };
}
