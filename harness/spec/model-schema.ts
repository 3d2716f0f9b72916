/** The section `model`: family, sizes, and the constants that a family may have otherwise. */
import { z } from 'zod';
import { familiesWith, familyNamed, familyNames, hasGroupedQueries } from '../families/index.ts';
import { count, name, positive } from './atoms.ts';
import { ropeScalingSchema } from './rope-scaling.ts';

/** A number of its own, `none` = the part is off, null = the family's own. */
const switchable = z
  .union([positive, z.literal('none')])
  .nullable()
  .default(null);

/** Layers by number. */
const layerList = z.array(z.number().int().min(0)).nullable().default(null);

export const modelConstantsSchema = z.strictObject({
  normEpsilon: positive.nullable().default(null),
  ropeTheta: positive.nullable().default(null).describe('Base of the rotary angles.'),
  ropeScaling: ropeScalingSchema.nullable().default(null),
  rotaryFraction: z
    .number()
    .positive()
    .max(1)
    .nullable()
    .default(null)
    .describe(`Share of each head that is rotated (${familiesWith('rotaryFraction')}).`),
  activation: z
    .enum(['silu', 'gelu-tanh', 'gelu'])
    .nullable()
    .default(null)
    .describe('`gelu` is exact (erf), `gelu-tanh` its approximation.'),
  attentionBias: z
    .boolean()
    .nullable()
    .default(null)
    .describe(`Biases of query, key, value and output projection (${familiesWith('attentionBias')}).`),
  mlpBias: z
    .boolean()
    .nullable()
    .default(null)
    .describe(`Biases of the feed-forward maps (${familiesWith('mlpBias')}).`),
  queryScalar: positive
    .nullable()
    .default(null)
    .describe(
      `Attention scores are divided by its square root (${familiesWith('queryScalar')}); the head size where null.`,
    ),
  attentionSoftCap: switchable.describe(
    `Attention scores s become cap tanh(s / cap) (${familiesWith('attentionSoftCap')}).`,
  ),
  logitSoftCap: switchable.describe(`The same for the next-token logits (${familiesWith('logitSoftCap')}).`),
  slidingWindow: z
    .union([count, z.literal('none')])
    .nullable()
    .default(null)
    .describe(`Tokens that a token of a windowed layer sees, itself included (${familiesWith('slidingWindow')}).`),
  windowedLayers: layerList.describe(
    `The layers that have the window, from 0 (${familiesWith('windowedLayers')}); ` +
      'null = every other one in gemma2, all but each sixth in gemma3, all in the others.',
  ),
  unrotatedLayers: layerList.describe(
    `The layers without rotary positions, from 0 (${familiesWith('unrotatedLayers')}); null = each fourth.`,
  ),
  localRopeTheta: positive
    .nullable()
    .default(null)
    .describe(
      `Base of the rotary angles in windowed layers, which \`ropeScaling\` leaves as they are ` +
        `(${familiesWith('localRopeTheta')}).`,
    ),
  parallelResidual: z
    .boolean()
    .nullable()
    .default(null)
    .describe(`Attention and feed-forward read the same input (${familiesWith('parallelResidual')}).`),
});

const grouped = familyNames.filter(hasGroupedQueries).join(', ');
const tied = familyNames.filter((name) => familyNamed(name).parts.head.isTied).join(', ');

export const modelSchema = z.strictObject({
  name,
  family: z.enum(familyNames),
  hiddenSize: count,
  layers: count,
  heads: count,
  keyValueHeads: count.describe(`Grouped-query attention (${grouped}); equal to \`heads\` in the others.`),
  intermediateSize: count,
  contextLength: count,
  rewardPooling: z
    .enum(['last', 'mean'])
    .default('last')
    .describe(
      'Which hidden states the linear reward head reads: ' +
        'the last response token (the paper), or the mean over the response.',
    ),
  responseEnd: z
    .literal('none')
    .nullable()
    .default(null)
    .describe(
      'What stands behind each response. `none`: nothing, as in the code of the paper (`add_eos_token: false`); the ' +
        'reward of `last` is read at the last token of the response itself. null = the end token of the tokenizer.',
    ),
  initStandardDeviation: positive.default(0.02),
  headSize: count
    .nullable()
    .default(null)
    .describe(`Width of one attention head (${grouped}); null = hiddenSize / heads.`),
  tieEmbeddings: z
    .boolean()
    .nullable()
    .default(null)
    .describe(`Whether the LM head is the token embedding; null = as the family: tied in ${tied}, not in the others.`),
  constants: modelConstantsSchema.nullable().default(null).describe("Constants other than the family's own."),
});

export type ModelSpec = z.output<typeof modelSchema>;
/** null = the end token of the tokenizer. */
export type ResponseEnd = ModelSpec['responseEnd'];
export type ModelConstants = z.output<typeof modelConstantsSchema>;
