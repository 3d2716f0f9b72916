/** Rotary positions stretched to longer contexts than a model was trained on, as `rope_scaling` of `transformers`. */
import { z } from 'zod';
import { count, positive } from './atoms.ts';

const optional = positive.nullable().default(null);

export const ropeScalingSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('linear'), factor: positive }),
  z.strictObject({
    kind: z.literal('llama3'),
    factor: positive,
    lowFrequencyFactor: positive,
    highFrequencyFactor: positive,
    originalContextLength: count,
  }),
  z.strictObject({
    kind: z.literal('yarn'),
    factor: positive,
    originalContextLength: count,
    attentionFactor: optional.describe(
      'Cosines and sines are multiplied by it; null = 0.1 ln(factor) + 1, or what mscale and mscaleAllDimensions say.',
    ),
    betaFast: optional.describe('Values that turn more often than this in the original context stay; null = 32.'),
    betaSlow: optional.describe('Values that turn less often than this are stretched by the factor; null = 1.'),
    mscale: optional.describe(
      'With mscaleAllDimensions: (0.1 mscale ln(factor) + 1), divided by the same of the other.',
    ),
    mscaleAllDimensions: optional,
    truncate: z
      .boolean()
      .nullable()
      .default(null)
      .describe('Whether the band between the two betas ends at whole values; null = it does.'),
  }),
  z.strictObject({
    kind: z.literal('dynamic'),
    factor: positive,
    originalContextLength: count.describe(
      'In longer rows the base of the angles grows with the length of the row. They are scored only.',
    ),
  }),
]);

export type RopeScaling = z.output<typeof ropeScalingSchema>;

/**
 * The longest row whose rotary frequencies are those of every shorter row. Beyond it they follow from a row's own
 * length: two rows then share no prompt, and a row that grows by a token changes all its keys.
 */
export function fixedContextOf(scaling: RopeScaling | null): number {
  return scaling?.kind === 'dynamic' ? scaling.originalContextLength : Infinity;
}
