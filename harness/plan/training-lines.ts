/**
 * What beyond plain training the stages of a plan do: said in the plan, because it is neither in the number of stages
 * nor in their cost.
 */
import {
  allParameterShapes,
  learnedNames,
  parameterShapes,
  type LoraSpec,
  modelConfig,
  type ModelConfig,
} from '../model/index.ts';
import { objectiveTerms } from '../spec/index.ts';
import type { OptimizerSpec, PairwiseTerms, TrainableSpec } from '../spec/experiment-schema.ts';
import type { PlannedStage } from './stage.ts';

interface Section extends Partial<PairwiseTerms> {
  readonly pairsPerStep: number;
  readonly pairsPerMicroBatch: number | null;
  readonly sharePrompts: true | null;
  readonly optimizer: OptimizerSpec;
}

/** One line a distinct way of training, with the number of stages that train so; none where all training is plain. */
export function trainingLines(stages: readonly PlannedStage[]): readonly string[] {
  const counts = new Map<string, number>();
  for (const stage of stages) {
    const words = wordsOf(stage);
    if (words.length === 0) continue;
    const line = `${stage.kind}: ${words.join('; ')}`;
    counts.set(line, (counts.get(line) ?? 0) + 1);
  }
  return counts.size === 0 ? [] : ['Training:', ...[...counts].map(([line, count]) => `  ${count} x ${line}`), ''];
}

function wordsOf(stage: PlannedStage): readonly string[] {
  if (stage.kind === 'pretrain' || stage.kind === 'decay') {
    return sectionWords({ ...stage.config, ...objectiveTerms(stage.config.objective) });
  }
  if (stage.kind !== 'finetune') return [];
  const { finetune } = stage.config;
  return [
    ...(finetune.trainable === null ? [] : [trainableWords(finetune.trainable, modelConfig(stage.config))]),
    ...sectionWords({ ...finetune, ...finetune.objective }),
  ];
}

function sectionWords({
  pairsPerStep,
  pairsPerMicroBatch,
  sharePrompts,
  optimizer: { momentStorage, ema },
  rewardCentering = null,
  margin = null,
}: Section): readonly string[] {
  return [
    pairsPerMicroBatch === null ? null : `${pairsPerMicroBatch} of ${pairsPerStep} pairs at a time`,
    sharePrompts === null ? null : 'pairs of one prompt share it',
    momentStorage === null ? null : `${momentStorage} moments`,
    ema === null ? null : `average of weights, decay ${ema.decay}`,
    rewardCentering === null ? null : `rewards centered (${rewardCentering})`,
    margin === null
      ? null
      : margin.kind === 'constant'
        ? `margin ${margin.value}`
        : `margins of the data x ${margin.scale}`,
  ].filter((words) => words !== null);
}

function trainableWords(trainable: TrainableSpec, model: ModelConfig): string {
  const shapes = allParameterShapes(model, trainable);
  const size = (names: Iterable<string>): number =>
    Array.from(names, (name) => (shapes.get(name) ?? []).reduce((product, length) => product * length, 1)).reduce(
      (sum, one) => sum + one,
      0,
    );
  const learned =
    `${size(learnedNames(model, trainable)).toLocaleString('en-US')} of ` +
    `${size(parameterShapes(model).keys()).toLocaleString('en-US')} parameters learn`;
  const stored = trainable.frozenStorage === null ? '' : `, frozen ones in ${trainable.frozenStorage}`;
  return (
    `${trainable.kind === 'lora' ? loraWords(trainable) : frozenWords(trainable.frozenLayers)} ` +
    `(${learned}${stored})`
  );
}

function loraWords({ rank, alpha, targets }: LoraSpec): string {
  return `LoRA, rank ${rank}, alpha ${alpha}, on ${targets === null ? 'all linear maps' : targets.join(', ')}`;
}

function frozenWords(layers: number): string {
  return `embeddings${layers === 0 ? '' : ` and ${layers} layers`} frozen`;
}
