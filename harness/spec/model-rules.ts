/**
 * Rules between the fields of a model: sizes that divide, and constants that its family has (what `transformers` has no
 * key for could not be saved).
 */
import { familyFacts, type ModelConstants, type ModelSpec } from './experiment-schema.ts';
import type { RuleBreak } from './kind.ts';
import type { TrialSpec } from './format.ts';

type ConstantName = keyof ModelConstants;

const rotary = ['ropeTheta', 'ropeScaling'] as const;
const constantsOf: Readonly<Record<ModelSpec['family'], readonly ConstantName[]>> = {
  qwen2: ['normEpsilon', 'activation', ...rotary],
  llama: ['normEpsilon', 'activation', ...rotary, 'attentionBias', 'mlpBias'],
  gemma2: [
    'normEpsilon',
    'activation',
    ...rotary,
    'attentionBias',
    'queryScalar',
    'attentionSoftCap',
    'logitSoftCap',
    'slidingWindow',
  ],
  gpt2: ['normEpsilon', 'activation'],
  'gpt-neox': ['normEpsilon', 'activation', ...rotary, 'rotaryFraction', 'attentionBias', 'parallelResidual'],
};

/** Families whose one projection makes queries, keys and values: as many of each, of size hiddenSize / heads. */
const fused: ReadonlySet<ModelSpec['family']> = new Set(['gpt2', 'gpt-neox'] as const);

export function modelRules({ model }: TrialSpec): readonly RuleBreak[] {
  return [...headRules(model), ...constantRules(model), ...windowRules(model)];
}

function headRules(model: ModelSpec): readonly RuleBreak[] {
  const { hiddenSize, heads, keyValueHeads, family, headSize } = model;
  const broken: RuleBreak[] = [];
  if (hiddenSize % heads !== 0)
    broken.push({
      fields: ['model.heads', 'model.hiddenSize'],
      expected: `a divisor of hiddenSize (${hiddenSize})`,
      found: String(heads),
    });
  else broken.push(...rotaryRules(model));
  if (fused.has(family)) {
    if (headSize !== null)
      broken.push({
        fields: ['model.headSize', 'model.family'],
        expected: `null (${family} has heads of hiddenSize / heads)`,
        found: String(headSize),
      });
    if (keyValueHeads !== heads)
      broken.push({
        fields: ['model.keyValueHeads', 'model.heads'],
        expected: `${heads}, as many as heads (${family} has no grouped-query attention)`,
        found: String(keyValueHeads),
      });
  } else if (heads % keyValueHeads !== 0)
    broken.push({
      fields: ['model.keyValueHeads', 'model.heads'],
      expected: `a divisor of heads (${heads})`,
      found: String(keyValueHeads),
    });
  return broken;
}

/** Rotary positions turn pairs of values. */
function rotaryRules({ family, hiddenSize, heads, headSize, constants }: ModelSpec): readonly RuleBreak[] {
  if (family === 'gpt2') return [];
  const size = headSize ?? hiddenSize / heads;
  const found = headSize === null ? `${hiddenSize} / ${heads} = ${size}` : String(size);
  const fields = headSize === null ? ['model.heads', 'model.hiddenSize'] : ['model.headSize'];
  const fraction = constants?.rotaryFraction ?? (family === 'gpt-neox' ? familyFacts.gptNeoxRotaryFraction : 1);
  if (fraction === 1)
    return size % 2 === 0
      ? []
      : [{ fields, expected: 'an even head size (hiddenSize / heads) for rotary positions', found }];
  const turned = Math.floor(size * fraction);
  if (turned > 0 && turned % 2 === 0) return [];
  return [
    {
      fields: [...fields, 'model.constants.rotaryFraction'],
      expected: `a head size of which ${fraction} is an even number of values, for rotary positions`,
      found: `${found}, of which ${turned} would be rotated`,
    },
  ];
}

function constantRules({ family, constants }: ModelSpec): readonly RuleBreak[] {
  const allowed = constantsOf[family];
  const scaling = constants?.ropeScaling ?? null;
  const foreign = Object.entries(constants ?? {}).filter(
    ([name, value]) => value !== null && !allowed.includes(name as ConstantName),
  );
  const broken = foreign.map(([name, value]): RuleBreak => ({
    fields: [`model.constants.${name}`, 'model.family'],
    expected: `null (the constants of ${family} are ${allowed.join(', ')})`,
    found: JSON.stringify(value),
  }));
  if (scaling?.kind !== 'llama3' || scaling.highFrequencyFactor > scaling.lowFrequencyFactor) return broken;
  const { lowFrequencyFactor, highFrequencyFactor } = scaling;
  return [
    ...broken,
    {
      fields: ['model.constants.ropeScaling.highFrequencyFactor'],
      expected: `more than lowFrequencyFactor (${lowFrequencyFactor})`,
      found: String(highFrequencyFactor),
    },
  ];
}

function windowRules({ family, contextLength, constants }: ModelSpec): readonly RuleBreak[] {
  if (family !== 'gemma2') return [];
  const window = constants?.slidingWindow ?? familyFacts.gemma2SlidingWindow;
  if (contextLength <= window) return [];
  return [
    {
      fields: ['model.contextLength', 'model.constants.slidingWindow'],
      expected: `at most the sliding window (${window}): windows are not computed`,
      found: String(contextLength),
    },
  ];
}
