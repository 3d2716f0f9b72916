/** How stages run on accelerators, as far as it bears on their price. */
import { acceleratorOf, type Accelerator, type ExecutionSpec } from '../../spec/index.ts';

export interface PriceSettings {
  readonly accelerator: Accelerator;
  /** Share of the peak that matrix products reach, repeated ones included. */
  readonly mfu: number;
  /** What `mfu` rests on. */
  readonly mfuSource: string;
  readonly nodes: number;
  readonly ranks: number;
  /** Whether weights, gradients and moments are divided over the ranks. */
  readonly isSharded: boolean;
  /** Whether activations inside layers are computed again in the backward pass. */
  readonly recomputes: boolean;
  /** Tokens of a micro-batch on one rank, at most. */
  readonly tokensAtOnce: number;
}

/** What the backend torch takes at once on a card unless it is told otherwise. */
const usualTokensAtOnce = 65_536;

/** null where the experiment names no accelerator. */
export function priceSettings(execution: ExecutionSpec): PriceSettings | null {
  const { accelerator: written, mfu, nodes, ranksPerNode, torch } = execution;
  if (written === null) return null;
  const accelerator = acceleratorOf(written);
  return {
    accelerator,
    mfu: mfu ?? accelerator.mfu,
    mfuSource: mfu === null ? accelerator.mfuSource : 'the experiment',
    nodes,
    ranks: nodes * ranksPerNode,
    isSharded: torch.sharding === 'sharded' && nodes * ranksPerNode > 1,
    recomputes: torch.gradientCheckpointing,
    tokensAtOnce: torch.tokensAtOnce ?? usualTokensAtOnce,
  };
}
