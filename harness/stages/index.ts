/**
 * One function a stage kind. Compiled sessions are shared by all stages of the process, a worker: compiling costs more
 * than many training steps.
 */
import { executorOf } from '../engine/index.ts';
import { SessionCache } from '../train/index.ts';
import type { StageContext, StageFunctions } from './stage-context.ts';
import type { StageKind } from '../plan/stage.ts';
import { baselineStage } from './baseline.ts';
import { corpusStage } from './corpus.ts';
import { decayStage } from './decay.ts';
import { evaluateStage } from './evaluate.ts';
import { finetuneStage } from './finetune.ts';
import { pairsStage } from './pairs.ts';
import { pretrainStage } from './pretrain.ts';
import { FreshProcessCheck, type SavedModelCheck } from './saved-model-check.ts';
import { selectStage } from './select.ts';
import { taskStage } from './task.ts';
import { tokenizerStage } from './tokenizer.ts';

/** @param saved Asked after each finetuning whether what was saved is what was trained. */
export function createStageFunctions(saved: SavedModelCheck = new FreshProcessCheck()): StageFunctions {
  // An idle session keeps its state: plenty of room in main memory, less on a device.
  const caches = new Map<string, SessionCache>();
  const sessions = async ({ execution: { device, threads } }: StageContext<StageKind>): Promise<SessionCache> => {
    const key = `${device} ${threads}`;
    const cache =
      caches.get(key) ?? new SessionCache(await executorOf(device), { threads, capacity: device === 'cpu' ? 8 : 6 });
    caches.set(key, cache);
    return cache;
  };
  return {
    corpus: corpusStage,
    tokenizer: tokenizerStage,
    pairs: pairsStage,
    task: taskStage,
    pretrain: async (context) => pretrainStage(context, await sessions(context)),
    decay: async (context) => decayStage(context, await sessions(context)),
    finetune: async (context) => finetuneStage(context, await sessions(context), saved),
    baseline: async (context) => baselineStage(context, await sessions(context)),
    evaluate: async (context) => evaluateStage(context, await sessions(context)),
    select: selectStage,
  };
}

export const stageFunctions: StageFunctions = createStageFunctions();
