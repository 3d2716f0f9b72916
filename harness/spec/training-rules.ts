/**
 * Rules between the fields of pretraining and finetuning that go beyond steps and schedules: micro-batches, moments,
 * and what is trained.
 */
import type { ModelSpec } from './model-schema.ts';
import type { OptimizerSpec, TrainableSpec } from './training-schema.ts';
import { allowedTargets, linearMaps, mapsOfTarget } from '../families/index.ts';
import type { RuleBreak } from './kind.ts';
import { hint } from './problem.ts';
import { didYouMean } from './suggest.ts';
import type { TrialSpec } from './format.ts';

export function pretrainBatchRules({ pretrain }: TrialSpec): readonly RuleBreak[] {
  if (pretrain.objective.kind === 'none') return [];
  return [...microBatchRule('pretrain', pretrain), ...momentRules('pretrain', pretrain.optimizer)];
}

export function finetuneBatchRules({ finetune }: TrialSpec): readonly RuleBreak[] {
  return [...microBatchRule('finetune', finetune), ...momentRules('finetune', finetune.optimizer)];
}

/** What `finetune.trainable` names must be there in the model. */
export function trainableRules({ model, finetune: { trainable } }: TrialSpec): readonly RuleBreak[] {
  if (trainable === null) return [];
  return trainable.kind === 'lora' ? adapterRules(model, trainable) : frozenRules(model, trainable);
}

function microBatchRule(
  section: 'pretrain' | 'finetune',
  { pairsPerStep, pairsPerMicroBatch }: { readonly pairsPerStep: number; readonly pairsPerMicroBatch: number | null },
): readonly RuleBreak[] {
  if (pairsPerMicroBatch === null || pairsPerMicroBatch <= pairsPerStep) return [];
  return [
    {
      fields: [`${section}.pairsPerMicroBatch`, `${section}.pairsPerStep`],
      expected: `at most ${section}.pairsPerStep (${pairsPerStep})`,
      found: String(pairsPerMicroBatch),
    },
  ];
}

/** float16 moments are stored 1024-fold, in a format that ends at 65,504: half of what would just fit. */
const largestFloat16Norm = 32;

/**
 * The second moment v must be able to fall: v - (1 - beta2) v rounds back to v where 1 - beta2 is under half a unit in
 * the last place. That is 2^-8 of v at worst for bfloat16. float16 keeps the square root, which falls half as fast,
 * with 2^-11. A moment that cannot fall keeps the largest gradient, and steps stay too small.
 */
const largestBeta2 = { bfloat16: 0.995, float16: 0.998 } as const;

function momentRules(section: 'pretrain' | 'finetune', optimizer: OptimizerSpec): readonly RuleBreak[] {
  const { momentStorage, beta2, clipNorm } = optimizer;
  if (momentStorage === null) return [];
  const field = `${section}.optimizer`;
  const isNormTooLarge = clipNorm === null || clipNorm > largestFloat16Norm;
  return [
    ...(beta2 > largestBeta2[momentStorage] ? [largeBeta2(field, momentStorage, beta2)] : []),
    ...(momentStorage === 'float16' && isNormTooLarge ? [largeNorm(field, clipNorm)] : []),
  ];
}

function largeBeta2(optimizer: string, storage: keyof typeof largestBeta2, beta2: number): RuleBreak {
  const why = 'beyond it the second moment rounds back to itself and never falls';
  return {
    fields: [`${optimizer}.momentStorage`, `${optimizer}.beta2`],
    expected: `beta2 of at most ${largestBeta2[storage]} with ${storage} moments (${why})`,
    found: `${storage} with beta2 ${beta2}`,
    suggestion: 'null keeps them in float32',
  };
}

function largeNorm(optimizer: string, clipNorm: number | null): RuleBreak {
  return {
    fields: [`${optimizer}.momentStorage`, `${optimizer}.clipNorm`],
    expected: `clipNorm of at most ${largestFloat16Norm} with float16 moments (larger ones do not fit)`,
    found: `float16 with clipNorm ${clipNorm}`,
    suggestion: 'bfloat16 has the range of float32',
  };
}

type Adapter = Extract<TrainableSpec, { kind: 'lora' }>;

function adapterRules(model: ModelSpec, { rank, targets }: Adapter): readonly RuleBreak[] {
  const unknown = (targets ?? []).filter((target) => mapsOfTarget(model.family, target).length === 0);
  return [...unknown.map((target) => unknownTarget(target, model)), ...rankRules(rank, model)];
}

function unknownTarget(target: string, { family }: ModelSpec): RuleBreak {
  return {
    fields: ['finetune.trainable.targets', 'model.family'],
    expected: `linear maps of ${family}: ${linearMaps(family).join(', ')} (or their last part)`,
    found: target,
    ...hint(didYouMean(target, allowedTargets(family))),
  };
}

function rankRules(rank: number, { hiddenSize, intermediateSize }: ModelSpec): readonly RuleBreak[] {
  const widest = Math.min(hiddenSize, intermediateSize);
  if (rank <= widest) return [];
  const why = 'beyond it an adapter has more parameters than its map';
  return [
    {
      fields: ['finetune.trainable.rank', 'model.hiddenSize'],
      expected: `a rank of at most ${widest}, the smaller of hiddenSize and intermediateSize (${why})`,
      found: String(rank),
    },
  ];
}

function frozenRules(
  { layers, name }: ModelSpec,
  { frozenLayers }: Extract<TrainableSpec, { kind: 'frozen-embeddings' }>,
): readonly RuleBreak[] {
  if (frozenLayers <= layers) return [];
  return [
    {
      fields: ['finetune.trainable.frozenLayers', 'model.layers'],
      expected: `at most the ${layers} layers of ${name}`,
      found: String(frozenLayers),
    },
  ];
}
