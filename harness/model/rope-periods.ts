/**
 * Periods of the rotary positions (one over a frequency, for each pair of values), changed by the scaling of models
 * that are stretched to longer contexts. The formulas are those of `transformers` 5 (modeling_rope_utils.py).
 */
import type { RopeScaling } from '../spec/experiment-schema.ts';

export interface RopeOptions {
  readonly width: number;
  readonly theta: number;
  readonly scaling: RopeScaling | null;
}

type Scaling<Kind extends RopeScaling['kind']> = Extract<RopeScaling, { kind: Kind }>;

/**
 * `width` / 2 periods. Angles are divided by these, not multiplied by frequencies: existing models keep their tables
 * bit for bit.
 * @param rowLength Of the row that is computed; only `dynamic` depends on it.
 */
export function ropePeriods({ width, theta, scaling }: RopeOptions, rowLength: number): readonly number[] {
  const base = scaling?.kind === 'dynamic' ? dynamicBase(theta, { width, scaling, rowLength }) : theta;
  const plain = Array.from({ length: width / 2 }, (_, pair) => base ** ((2 * pair) / width));
  if (scaling?.kind === 'yarn') return yarnPeriods(plain, scaling, { width, theta });
  return plain.map((period) => scaledPeriod(period, scaling));
}

/** What cosines and sines are multiplied by. */
export function ropeAmplitude(scaling: RopeScaling | null): number {
  return scaling?.kind === 'yarn' ? yarnAmplitude(scaling) : 1;
}

function scaledPeriod(period: number, scaling: RopeScaling | null): number {
  if (scaling?.kind === 'linear') return period * scaling.factor;
  return scaling?.kind === 'llama3' ? llama3Period(period, scaling) : period;
}

/**
 * Llama 3.1: waves much shorter than the original context stay, waves much longer are stretched by `factor`, and
 * between the two the frequency is blended linearly in the number of waves that fit the original context.
 */
function llama3Period(
  period: number,
  { factor, lowFrequencyFactor: low, highFrequencyFactor: high, originalContextLength }: Scaling<'llama3'>,
): number {
  const waves = originalContextLength / (2 * Math.PI * period);
  if (waves < low) return period * factor;
  if (waves > high) return period;
  const share = (waves - low) / (high - low);
  return 1 / ((1 - share) / (period * factor) + share / period);
}

/** NTK-aware, for the length of the row: unchanged up to the original context. */
function dynamicBase(
  theta: number,
  {
    width,
    scaling: { factor, originalContextLength },
    rowLength,
  }: { readonly width: number; readonly scaling: Scaling<'dynamic'>; readonly rowLength: number },
): number {
  if (rowLength <= originalContextLength) return theta;
  return theta * ((factor * rowLength) / originalContextLength - (factor - 1)) ** (width / (width - 2));
}

/** YaRN (Peng et al., arXiv 2309.00071): fast pairs stay, slow ones are stretched, with a ramp between the two. */
function yarnPeriods(
  plain: readonly number[],
  { factor, originalContextLength, betaFast, betaSlow, truncate }: Scaling<'yarn'>,
  { width, theta }: Pick<RopeOptions, 'width' | 'theta'>,
): readonly number[] {
  /** The pair that turns `turns` times in the original context. */
  const pairTurning = (turns: number): number =>
    (width * Math.log(originalContextLength / (turns * 2 * Math.PI))) / (2 * Math.log(theta));
  const [first, last] = [pairTurning(betaFast ?? 32), pairTurning(betaSlow ?? 1)];
  const low = Math.max(truncate === false ? first : Math.floor(first), 0);
  const high = Math.min(truncate === false ? last : Math.ceil(last), width - 1);
  return plain.map((period, pair) => {
    const stretched = Math.min(1, Math.max(0, (pair - low) / (low === high ? 0.001 : high - low)));
    return 1 / (stretched / (factor * period) + (1 - stretched) / period);
  });
}

function yarnAmplitude({ factor, attentionFactor, mscale, mscaleAllDimensions }: Scaling<'yarn'>): number {
  const grown = (scale: number): number => (factor <= 1 ? 1 : 0.1 * scale * Math.log(factor) + 1);
  if (attentionFactor !== null) return attentionFactor;
  return mscale !== null && mscaleAllDimensions !== null ? grown(mscale) / grown(mscaleAllDimensions) : grown(1);
}
