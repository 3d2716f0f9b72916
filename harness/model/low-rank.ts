/** The product of a low-rank adapter, added to the weight that it adapts. */

export interface LowRank {
  /** A [rank, inputs]. */
  readonly down: Float32Array;
  /** B [outputs, rank]. */
  readonly up: Float32Array;
  readonly rank: number;
  readonly scale: number;
  readonly inputs: number;
  readonly outputs: number;
  /** Whether the weight is stored [inputs, outputs]. */
  readonly isTurned: boolean;
}

/** W + scale * B A in place of W: products and sums in float64, rounded once. */
export function addLowRank(weights: Float32Array, { down, up, rank, scale, ...map }: LowRank): void {
  const { inputs, outputs, isTurned } = map;
  const [perOutput, perInput] = isTurned ? [1, outputs] : [inputs, 1];
  const product = new Float64Array(inputs);
  for (let output = 0; output < outputs; output += 1) {
    product.fill(0);
    for (let k = 0; k < rank; k += 1) {
      const factor = up[output * rank + k]!;
      const row = k * inputs;
      for (let i = 0; i < inputs; i += 1) product[i]! += factor * down[row + i]!;
    }
    for (let i = 0; i < inputs; i += 1) weights[output * perOutput + i * perInput]! += scale * product[i]!;
  }
}
