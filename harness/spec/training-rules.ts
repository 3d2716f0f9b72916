/**
 * Rules between the fields of pretraining and finetuning that go beyond steps and schedules: micro-batches, moments,
 * and what is trained.
 */
import type { ModelSpec, OptimizerSpec, TrainableSpec } from './experiment-schema.ts';
import { allowedTargets, linearMaps, mapsOfTarget } from './linear-maps.ts';
import type { RuleBreak } from './kind.ts';
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
 * the last place, 2^-8 of v at worst for bfloat16; float16 keeps the square root, which falls half as fast, with 2^-11.
 * It would remember the largest gradient for ever, and steps would stay too small.
 */
function momentRules(
  section: 'pretrain' | 'finetune',
  { momentStorage, beta2, clipNorm }: OptimizerSpec,
): readonly RuleBreak[] {
  if (momentStorage === null) return [];
  const [storageField, suggestion] = [`${section}.optimizer.momentStorage`, 'null keeps them in float32'];
  const largest = { bfloat16: 0.995, float16: 0.998 }[momentStorage];
  const broken: RuleBreak[] = [];
  if (beta2 > largest) {
    broken.push({
      fields: [storageField, `${section}.optimizer.beta2`],
      expected: `beta2 of at most ${largest} with ${momentStorage} moments (beyond it the second moment rounds back to itself and never falls)`,
      found: `${momentStorage} with beta2 ${beta2}`,
      suggestion,
    });
  }
  if (momentStorage === 'float16' && (clipNorm === null || clipNorm > largestFloat16Norm)) {
    broken.push({
      fields: [storageField, `${section}.optimizer.clipNorm`],
      expected: `clipNorm of at most ${largestFloat16Norm} with float16 moments (larger ones do not fit)`,
      found: `float16 with clipNorm ${clipNorm}`,
      suggestion: 'bfloat16 has the range of float32',
    });
  }
  return broken;
}

function adapterRules(
  model: ModelSpec,
  { rank, targets }: Extract<TrainableSpec, { kind: 'lora' }>,
): readonly RuleBreak[] {
  const allowed = allowedTargets(model.family);
  const unknown = (targets ?? []).filter((target) => mapsOfTarget(model.family, target).length === 0);
  const broken: RuleBreak[] = unknown.map((target) => {
    const near = didYouMean(target, allowed);
    return {
      fields: ['finetune.trainable.targets', 'model.family'],
      expected: `linear maps of ${model.family}: ${linearMaps[model.family].join(', ')} (or their last part)`,
      found: target,
      ...(near === null ? {} : { suggestion: near }),
    };
  });
  const widest = Math.min(model.hiddenSize, model.intermediateSize);
  if (rank > widest)
    broken.push({
      fields: ['finetune.trainable.rank', 'model.hiddenSize'],
      expected: `a rank of at most ${widest}, the smaller of hiddenSize and intermediateSize (beyond it an adapter has more parameters than its map)`,
      found: String(rank),
    });
  return broken;
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
