/** One function a stage kind. Compiled sessions are shared by all stages of the process, a worker: compiling costs more than many training steps. */
import { onnxruntimeCpu } from '../../engine/index.ts';
import { SessionCache } from '../../train/index.ts';
import type { StageContext, StageFunctions } from '../stage-context.ts';
import type { StageKind } from '../../plan/stage.ts';
import { baselineStage } from './baseline.ts';
import { corpusStage } from './corpus.ts';
import { decayStage } from './decay.ts';
import { evaluateStage } from './evaluate.ts';
import { finetuneStage } from './finetune.ts';
import { pairsStage } from './pairs.ts';
import { pretrainStage } from './pretrain.ts';
import { selectStage } from './select.ts';
import { taskStage } from './task.ts';
import { tokenizerStage } from './tokenizer.ts';

export function createStageFunctions(): StageFunctions {
  const caches = new Map<number, SessionCache>();
  const sessions = ({ execution }: StageContext<StageKind>): SessionCache => {
    const cache = caches.get(execution.threads) ?? new SessionCache(onnxruntimeCpu(), { threads: execution.threads, capacity: 8 });
    caches.set(execution.threads, cache);
    return cache;
  };
  return {
    corpus: corpusStage,
    tokenizer: tokenizerStage,
    pairs: pairsStage,
    task: taskStage,
    pretrain: (context) => pretrainStage(context, sessions(context)),
    decay: (context) => decayStage(context, sessions(context)),
    finetune: (context) => finetuneStage(context, sessions(context)),
    baseline: (context) => baselineStage(context, sessions(context)),
    evaluate: (context) => evaluateStage(context, sessions(context)),
    select: selectStage,
  };
}

export const stageFunctions: StageFunctions = createStageFunctions();
