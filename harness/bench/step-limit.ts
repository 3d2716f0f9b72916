/**
 * What a card allows at best: the FLOPs and bytes of a training step over its peak and its bandwidth. A step cannot be
 * faster than the slower of the two.
 */
import type { EncodedPair } from '../data/preference-pair.ts';
import { plainTraining, stepCost } from '../train/index.ts';
import { benchOptimizer } from './step-options.ts';
import { yardstick, type YardstickSize } from './yardstick.ts';

export interface Card {
  readonly name: string;
  /** FLOP a second in matrix products of bfloat16 factors, without sparsity. */
  readonly bfloat16Flops: number;
  /** FLOP a second in float32, outside the tensor cores. */
  readonly float32Flops: number;
  /** Bytes a second between the chip and its memory. */
  readonly memoryBandwidth: number;
}

/**
 * NVIDIA H100 SXM, "NVIDIA H100 Tensor Core GPU Datasheet": 1,979 TFLOP/s bfloat16 with sparsity, half of it without;
 * 67 TFLOP/s float32; 3.35 TB/s.
 */
export const h100: Card = {
  name: 'NVIDIA H100 SXM',
  bfloat16Flops: 989e12,
  float32Flops: 67e12,
  memoryBandwidth: 3.35e12,
};

export interface StepLimit {
  readonly size: YardstickSize;
  readonly flops: number;
  readonly productFlops: number;
  /** If every operation of our program reads its inputs and writes its result: what an unfused step moves. */
  readonly operationBytes: number;
  /** Parameters and AdamW's moments read and written once, and nothing else: what no fusion avoids. */
  readonly stateBytes: number;
  readonly operations: number;
  /** Of each alone, in milliseconds on the card. */
  readonly ms: {
    readonly float32: number;
    readonly bfloat16: number;
    readonly operationBytes: number;
    readonly stateBytes: number;
  };
  /** Every operation on its own, float32: the larger of products and bytes. */
  readonly unfusedMs: number;
  /** Perfectly fused, products in bfloat16. */
  readonly fusedMs: number;
}

const benchStep = {
  parts: 'pairwise+lm',
  objective: { pairwiseWeight: 1, lmWeight: 1 },
  optimizer: benchOptimizer,
  features: plainTraining,
} as const;

export async function stepLimit(
  size: YardstickSize,
  { rows, pairsPerStep }: { readonly rows: readonly EncodedPair[]; readonly pairsPerStep: number },
  card: Card = h100,
): Promise<StepLimit> {
  const step = { ...benchStep, model: yardstick(size) };
  const cost = await stepCost(step, { pairs: pairsPerStep, ...meanLengths(rows) });
  const { flops, matmulFlops: productFlops, bytes: operationBytes, operations } = cost;
  // The state that changes lies in two buffers: one is read and the other written.
  const { stateBytes } = cost.memory;
  return withTimes({ size, flops, productFlops, operationBytes, stateBytes, operations }, card);
}

function withTimes(counts: Omit<StepLimit, 'ms' | 'unfusedMs' | 'fusedMs'>, card: Card): StepLimit {
  const milliseconds = (amount: number, rate: number): number => (1000 * amount) / rate;
  const ms = {
    float32: milliseconds(counts.flops, card.float32Flops),
    bfloat16: milliseconds(counts.productFlops, card.bfloat16Flops),
    operationBytes: milliseconds(counts.operationBytes, card.memoryBandwidth),
    stateBytes: milliseconds(counts.stateBytes, card.memoryBandwidth),
  };
  return {
    ...counts,
    ms,
    unfusedMs: Math.max(ms.float32, ms.operationBytes),
    fusedMs: Math.max(ms.bfloat16, ms.stateBytes),
  };
}

function meanLengths(rows: readonly EncodedPair[]): {
  readonly promptTokens: number;
  readonly chosenTokens: number;
  readonly rejectedTokens: number;
} {
  const mean = (part: 'prompt' | 'chosen' | 'rejected'): number =>
    rows.reduce((sum, row) => sum + row[part].length, 0) / rows.length;
  return { promptTokens: mean('prompt'), chosenTokens: mean('chosen'), rejectedTokens: mean('rejected') };
}
