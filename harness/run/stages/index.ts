/** One function a stage kind; the sessions they compile are shared by the stages of one worker. */
import { onnxruntimeCpu } from '../../engine/index.ts';
import { SessionCache } from '../../train/index.ts';
import type { StageFunctions } from '../stage-context.ts';
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

export function createStageFunctions(options: { readonly threads: number }): StageFunctions {
  const sessions = new SessionCache(onnxruntimeCpu(), options);
  return {
    corpus: corpusStage,
    tokenizer: tokenizerStage,
    pairs: pairsStage,
    task: taskStage,
    pretrain: pretrainStage(sessions),
    decay: decayStage(sessions),
    finetune: finetuneStage(sessions),
    baseline: baselineStage(sessions),
    evaluate: evaluateStage(sessions),
    select: selectStage,
  };
}
