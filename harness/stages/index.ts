/** The stages: one file each. To add one, write its file and name it here. */
import { executorOf } from '../engine/index.ts';
import type { ModelWriter } from '../kinds/index.ts';
import { SessionCache } from '../train/index.ts';
import { audit } from './audit.ts';
import { baseline } from './baseline.ts';
import { completions } from './completions.ts';
import type { Compute } from './compute.ts';
import type { StageConfigs, StageName } from './configs.ts';
import { contamination } from './contamination.ts';
import { corpus } from './corpus.ts';
import { decay } from './decay.ts';
import { descriptions } from './descriptions.ts';
import { evaluate } from './evaluate.ts';
import { finetune } from './finetune.ts';
import { pairs } from './pairs.ts';
import { pretrain } from './pretrain.ts';
import { ranker } from './ranker.ts';
import { nativeCompute } from './native-compute.ts';
import { FreshProcessCheck } from './saved-model-check.ts';
import { select } from './select.ts';
import type { StageContext, StageKind } from './stage-kind.ts';
import { task } from './task.ts';
import { tokenizer } from './tokenizer.ts';

export type { ModelWriter, WritingRequest, WrittenTexts } from '../kinds/index.ts';
export type { Compute, SavedModelCheck, Scorer, StageRun, StagePlace, TrainedRun, TrainStart } from './compute.ts';
export type * from './configs.ts';
export { clearScratch, scratchFolder } from './kind-io.ts';
export { largestDifference } from './largest-difference.ts';
export { completionsInput, partInput } from './pairs.ts';
export type { StageContext, StageEnd, StageKind } from './stage-kind.ts';
export type { DescribedStage, StageWork, Training, WorkContext } from './stage-work.ts';
export { checkProbes, probeQuestions } from './probes.ts';
export { FreshProcessCheck } from './saved-model-check.ts';
export { regradeTask, type RegradedTask, type StoredTask } from './regrade-task.ts';
export type { ChangedLabel, ChangedPair, RegradeCounts, Regraded } from './regrade.ts';
export { rescore, type RescoredMetric } from './rescore.ts';
export { runTraining, type StageTraining } from './run-training.ts';
export { StepCosts } from './step-costs.ts';
export { pairsOfStage } from './stored-pairs.ts';
export { readScoring } from './task-scoring.ts';
export { readSplit, type EvaluationSplit } from './task-split.ts';
export { readTokenizer } from './tokenizer.ts';
export { orderFile } from './batch-order.ts';
export { clearResumePoint, findResumePoint, resumeFile } from './resume-point.ts';
export { stateInFile, type TrainedState } from './trained-state.ts';
export { heldWeights, savedModel, type WeightedModel, type Weights } from './weights.ts';
export { numericsIn, numericsName } from './numerics.ts';
export { logEverySteps } from './train-here.ts';
export { pairLengthsOf } from './work-context.ts';
export { workUnits, type Work, type WorkUnit } from './work.ts';

/** In the order in which a trial needs them. */
export const stages = {
  corpus,
  tokenizer,
  descriptions,
  completions,
  pairs,
  audit,
  task,
  contamination,
  ranker,
  pretrain,
  decay,
  finetune,
  baseline,
  evaluate,
  select,
} as const satisfies { readonly [K in StageName]: StageKind<StageConfigs[K]> };

/** Any stage by the name of its kind; undefined where there is none. */
export function stageKind(kind: string): StageKind | undefined {
  return Object.hasOwn(stages, kind) ? (stages[kind as StageName] as StageKind<never> as StageKind) : undefined;
}

/** What all stages of one process share. */
export type StageTools = Pick<StageContext, 'saved'> & {
  compute(execution: StageContext['execution']): Promise<Compute>;
  writer?(execution: StageContext['execution']): Promise<ModelWriter>;
};

/** @param saved Asked after each finetuning whether what was saved is what was trained. */
export function stageTools(saved: StageContext['saved'] = new FreshProcessCheck()): StageTools {
  const computes = new Map<string, Promise<Compute>>();
  // An idle session keeps its state: plenty of room in main memory, less on a device.
  const open = async ({ device, threads }: StageContext['execution']): Promise<Compute> => {
    const capacity = device === 'cpu' ? 8 : 6;
    return nativeCompute(new SessionCache(await executorOf(device), { threads, capacity }), device);
  };
  return {
    saved,
    compute: (execution) => {
      const key = `${execution.device} ${execution.threads}`;
      const compute = computes.get(key) ?? open(execution);
      computes.set(key, compute);
      return compute;
    },
  };
}
