/** Scores a split with a finetuned reward model. The only stage that reads `test`, and it does so once. */
import { isWithinSource } from '../data/index.ts';
import { evaluateTask, scoringMetrics } from '../eval/index.ts';
import { modelConfig } from '../model/index.ts';
import type { EvaluateConfig, FinetuneConfig } from './configs.ts';
import { checkProbes, exactly, probeQuestions } from './probes.ts';
import { scored } from './scored.ts';
import { inputFolder } from './stage-files.ts';
import type { StageContext, StageEnd, StageKind } from './stage-kind.ts';
import { readScoring } from './task-scoring.ts';
import { readSplit, scoreSplit } from './task-split.ts';
import { savedModel } from './weights.ts';
import { plainWork, scoringWork } from './work-context.ts';

export const evaluate: StageKind<EvaluateConfig> = {
  kind: 'evaluate',
  version: 3,
  toleratesDiverged: false,
  fixedSeconds: 0.03,
  work: async (stage, _, context) => {
    const model = context.stage(stage.inputs['model'] ?? '');
    if (model?.kind !== 'finetune') return plainWork('evaluate', {});
    return scoringWork(
      stage,
      modelConfig(model.config as FinetuneConfig),
      { split: stage.config.split, passes: 1 },
      context,
    );
  },
  run: evaluateSplit,
};

async function evaluateSplit(context: StageContext<EvaluateConfig>): Promise<StageEnd> {
  const { stage, inputFolders } = context;
  const taskFolder = inputFolder(inputFolders, 'task');
  const modelFolder = inputFolder(inputFolders, 'model');
  const compute = await context.compute();
  const model = savedModel(modelFolder);
  const probe = compute.scorer(exactly(context), model);
  checkProbes(modelFolder, await probe(probeQuestions(taskFolder)), compute.device);
  const score = compute.scorer(context, model);
  const split = readSplit(taskFolder, stage.config.split);
  const items = await scoreSplit(score, split);
  const metrics = evaluateTask({
    items,
    bestOf: split.pool.length === 0 ? [] : stage.config.evaluate.bestOf,
    withinSource: new Set(split.texts.filter(isWithinSource).map(({ id }) => id)),
  });
  const scoring = stage.config.split === 'test' ? readScoring(taskFolder) : null;
  return scored(context, items, [...metrics, ...scoringMetrics(scoring, items)]);
}
