/**
 * Cosines and sines of the rotary position embedding (Su et al., RoFormer, arXiv 2104.09864): angle = position x
 * frequency, with frequency theta^(-2i / width) for pair i, changed by the scaling of models stretched to longer
 * contexts.
 */
import { constant, type Tensor } from '../graph/index.ts';
import type { RopeScaling } from '../spec/experiment-schema.ts';

export interface RopeOptions {
  readonly width: number;
  readonly theta: number;
  readonly scaling: RopeScaling | null;
}

/** Tables [positions, width / 2]; computed in float64 and rounded once. */
export function ropeTables(positions: number, options: RopeOptions): { readonly cos: Tensor; readonly sin: Tensor } {
  const periods = periodsOf(options);
  const half = periods.length;
  const angle = (index: number): number => Math.floor(index / half) / (periods[index % half] ?? NaN);
  const table = (f: (angle: number) => number): Tensor =>
    constant({
      shape: [positions, half],
      data: Float32Array.from({ length: positions * half }, (_, index) => f(angle(index))),
    });
  return { cos: table(Math.cos), sin: table(Math.sin) };
}

/** Angles are divided by these, not multiplied by frequencies: existing models keep their tables bit for bit. */
function periodsOf({ width, theta, scaling }: RopeOptions): readonly number[] {
  return Array.from({ length: width / 2 }, (_, pair) => scaledPeriod(theta ** ((2 * pair) / width), scaling));
}

/**
 * One over a frequency. `llama3` (Llama 3.1, `rope_type: llama3` of `transformers`): waves much shorter than the
 * original context stay, waves much longer are stretched by `factor`, and between the two the frequency is blended
 * linearly in the number of waves that fit the original context.
 */
function scaledPeriod(period: number, scaling: RopeScaling | null): number {
  if (scaling === null) return period;
  if (scaling.kind === 'linear') return period * scaling.factor;
  const { factor, lowFrequencyFactor: low, highFrequencyFactor: high, originalContextLength } = scaling;
  const waves = originalContextLength / (2 * Math.PI * period);
  if (waves < low) return period * factor;
  if (waves > high) return period;
  const share = (waves - low) / (high - low);
  return 1 / ((1 - share) / (period * factor) + share / period);
}
