/** How the stages of an experiment run on accelerators, as far as it bears on their price. */
import { acceleratorOf, type Accelerator, type ExperimentSpec } from '../../spec/index.ts';

export interface PriceSettings {
  readonly accelerator: Accelerator;
  /** Share of the peak that matrix products reach, repeated ones included. */
  readonly mfu: number;
  readonly ranks: number;
  readonly numerics: 'float32' | 'bfloat16';
  /** Whether weights, gradients and moments are divided over the ranks. */
  readonly isSharded: boolean;
  /** Whether activations inside layers are computed again in the backward pass. */
  readonly gradientCheckpointing: boolean;
  /** Tokens of a micro-batch on one rank, at most. */
  readonly tokensAtOnce: number;
}

/** What the backend takes on a card where nothing else is asked for (backends/torch/harness_torch/train.py). */
const usualTokensAtOnce = 65_536;

/** Fields that decide the price and that this version of the format may not have. */
interface Optional {
  readonly numerics?: string;
  readonly execution: {
    readonly torch?: {
      readonly sharding?: string | null;
      readonly gradientCheckpointing?: boolean;
      readonly tokensAtOnce?: number | null;
    } | null;
  };
}

/** null where the experiment names no accelerator. */
export function priceSettings(spec: Pick<ExperimentSpec, 'execution'>): PriceSettings | null {
  const { accelerator: written, mfu, nodes, ranksPerNode } = spec.execution;
  if (written === null) return null;
  const accelerator = acceleratorOf(written);
  return { accelerator, mfu: mfu ?? accelerator.mfu, ranks: nodes * ranksPerNode, ...backendSettings(spec) };
}

type BackendSettings = Pick<PriceSettings, 'numerics' | 'isSharded' | 'gradientCheckpointing' | 'tokensAtOnce'>;

/** The one place that knows how the format spells them. */
function backendSettings(spec: Optional): BackendSettings {
  const { sharding = null, gradientCheckpointing = false, tokensAtOnce = null } = spec.execution.torch ?? {};
  return {
    numerics: spec.numerics === 'bfloat16' ? 'bfloat16' : 'float32',
    isSharded: sharding !== null && sharding !== 'replicated',
    gradientCheckpointing,
    tokensAtOnce: tokensAtOnce ?? usualTokensAtOnce,
  };
}
