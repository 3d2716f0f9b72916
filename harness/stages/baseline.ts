/**
 * What no training on the task is needed for: the null rankers, the backbone under an untrained head, and the
 * backbone's own head where it was preference-pretrained.
 */
import { evaluateBaselines, scoringBaselines } from '../eval/index.ts';
import { initParameters, modelConfig, scoreName } from '../model/index.ts';
import type { BaselineConfig } from './configs.ts';
import { scored } from './scored.ts';
import { inputFolder } from './stage-files.ts';
import type { StageContext, StageEnd, StageKind } from './stage-kind.ts';
import { backboneWeights } from './start.ts';
import { readScoring } from './task-scoring.ts';
import { readSplit, scoreSplit } from './task-split.ts';
import { withAdded } from './weights.ts';
import { scoringWork } from './work-context.ts';

export const baseline: StageKind<BaselineConfig> = {
  kind: 'baseline',
  version: 3,
  toleratesDiverged: false,
  shortcuts: ['contamination'],
  fixedSeconds: 0.06,
  work: (stage, _, context) =>
    scoringWork(stage, modelConfig(stage.config), { split: 'test', passes: stage.config.zeroShot ? 2 : 1 }, context),
  run: scoreBaselines,
};

async function scoreBaselines(context: StageContext<BaselineConfig>): Promise<StageEnd> {
  const { evaluate, zeroShot, seed } = context.stage.config;
  const model = modelConfig(context.stage.config);
  const taskFolder = inputFolder(context.inputFolders, 'task');
  const split = readSplit(taskFolder, 'test');
  const compute = await context.compute();
  const backbone = backboneWeights(context);
  const untrained = withAdded(backbone, initParameters(model, seed, new Set([scoreName])));
  const untrainedHead = await scoreSplit(compute.scorer(context, { model, weights: untrained }), split);
  const heads = {
    untrainedHead,
    zeroShot: zeroShot ? await scoreSplit(compute.scorer(context, { model, weights: backbone }), split) : null,
  };
  const metrics = evaluateBaselines({ ...heads, bestOf: evaluate.bestOf });
  return scored(context, untrainedHead, [...metrics, ...scoringBaselines(readScoring(taskFolder), heads)]);
}
