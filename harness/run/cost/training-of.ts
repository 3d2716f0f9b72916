/** How a stage trains, read off its config as the stage itself will read it; null for stages that do not train. */
import type { StageConfigs } from '../../plan/index.ts';
import { modelConfig } from '../../model/index.ts';
import { objectiveTerms } from '../../spec/index.ts';
import { featuresOf, objectiveParts, type StepOptions } from '../../train/index.ts';
import type { DescribedStage } from './stage-work.ts';

export interface Training {
  readonly step: StepOptions;
  readonly pairs: number;
}

export function trainingOf(stage: DescribedStage): Training | null {
  if (stage.kind === 'pretrain' || stage.kind === 'decay') return pretraining(stage.config as StageConfigs['pretrain']);
  return stage.kind === 'finetune' ? finetuning(stage.config as StageConfigs['finetune']) : null;
}

function pretraining({
  model,
  vocabSize,
  objective,
  optimizer,
  pairsPerStep,
  ...rest
}: StageConfigs['pretrain']): Training {
  const weights = objectiveTerms(objective);
  return {
    pairs: pairsPerStep,
    step: {
      model: modelConfig({ model, vocabSize }),
      parts: objectiveParts(weights),
      objective: weights,
      optimizer: { ...unset, ...optimizer },
      features: featuresOf({ ...rest, ...weights }),
    },
  };
}

function finetuning({
  model,
  vocabSize,
  finetune: { objective, optimizer, pairsPerStep, ...rest },
}: StageConfigs['finetune']): Training {
  return {
    pairs: pairsPerStep,
    step: {
      model: modelConfig({ model, vocabSize }),
      parts: objectiveParts(objective),
      objective,
      optimizer: { ...unset, ...optimizer },
      features: featuresOf({ ...rest, ...objective }),
    },
  };
}

/** What stages of before these fields were there did. */
const unset = { momentStorage: null, ema: null } as const;
