/** What the stages of a plan start from, where it is not a random initialization: said once a checkpoint. */
import { costOf, modelConfig } from '../model/index.ts';
import { isAbsentDigest } from './plan-inputs.ts';
import type { PlannedStage } from './stage.ts';

/** One line a start and model, in the order of the plan. */
export function startLines(stages: readonly PlannedStage[]): readonly string[] {
  const lines = stages.flatMap((stage) => {
    if (stage.kind !== 'pretrain' && stage.kind !== 'finetune' && stage.kind !== 'baseline') return [];
    const { start, startDigest, model } = stage.config;
    if (start === null) return [];
    const { paramsTotal } = costOf(modelConfig(stage.config));
    const facts = [...digestWords(startDigest), model.family, `${paramsTotal.toLocaleString('en-US')} parameters`];
    return [`Start: ${start.kind} ${model.name} (${facts.join(', ')}).`];
  });
  return [...new Set(lines)];
}

function digestWords(digest: string | null): readonly string[] {
  if (digest === null) return [];
  return [isAbsentDigest(digest) ? 'not here' : `sha256 ${digest.slice(0, 12)}`];
}
