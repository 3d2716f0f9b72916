/** Matrix products, and sums that a product can start from instead of being added to afterwards. */
import type { Tensor, TensorOf } from '../../graph/index.ts';
import type { AttributeValue } from './encode-protobuf.ts';
import { MICROSOFT, type ValueName } from './graph-builder.ts';
import type { Lowering } from './lowering.ts';
import { scatterAddOnto } from './lower-rows.ts';

export function matmulNodes(t: TensorOf<'matmul'>, to: Lowering): ValueName {
  const { transposeA, transposeB, scale } = t.attributes;
  const factors = t.inputs.map(to.value);
  if (t.shape.length === 2) return to.builder.emit('Gemm', factors, { attributes: gemmAttributes(t) });
  if (!transposeA && !transposeB && scale === 1) return to.builder.emit('MatMul', factors);
  return to.builder.emit('FusedMatMul', factors, { domain: MICROSOFT, attributes: gemmAttributes(t) });
}

/**
 * A sum that one of its parts can start from: rows scattered onto the other part, or a GEMM that accumulates onto it.
 */
export function addNodes(t: TensorOf<'add'>, to: Lowering): ValueName {
  const [a, b] = t.inputs as [Tensor, Tensor];
  const fused = scattered(b, a, to) ?? scattered(a, b, to) ?? accumulated(b, a, to) ?? accumulated(a, b, to);
  return fused ?? to.builder.emit('Add', [to.value(a), to.value(b)]);
}

function scattered(part: Tensor, onto: Tensor, to: Lowering): ValueName | null {
  const isFused = part.op === 'scatterAddRows' && to.isUsedOnce(part) && part.shape.join() === onto.shape.join();
  return isFused ? scatterAddOnto(part, to.value(onto), to) : null;
}

/** c + a b, where the product has no other use. */
export function accumulated(product: Tensor, onto: Tensor, to: Lowering): ValueName | null {
  const isFused =
    product.op === 'matmul' && product.shape.length === 2 && to.isUsedOnce(product) && broadcastsOnto(onto, product);
  if (!isFused) return null;
  const factors = [...product.inputs, onto].map(to.value);
  return to.builder.emit('Gemm', factors, {
    attributes: { ...gemmAttributes(product), beta: { kind: 'float', value: 1 } },
  });
}

/** A bias row or a full matrix; Gemm broadcasts C to the product, never the product to C. */
function broadcastsOnto(tensor: Tensor, product: Tensor): boolean {
  const aligned = tensor.shape.toReversed();
  return aligned.length <= 2 && aligned.every((dim, index) => dim === product.shape[1 - index]);
}

function gemmAttributes(t: TensorOf<'matmul'>): Record<string, AttributeValue> {
  return {
    transA: { kind: 'int', value: t.attributes.transposeA ? 1 : 0 },
    transB: { kind: 'int', value: t.attributes.transposeB ? 1 : 0 },
    alpha: { kind: 'float', value: t.attributes.scale },
  };
}
