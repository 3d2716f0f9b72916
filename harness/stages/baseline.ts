/**
 * What no training on the task is needed for: the null rankers, the backbone under an untrained head, and the
 * backbone's own head where it was preference-pretrained.
 */
import { recordedOutputs } from '../store/index.ts';
import path from 'node:path';
import { evaluateBaselines, writeItems } from '../eval/index.ts';
import { initParameters, loadModelFolder, modelConfig, scoreName } from '../model/index.ts';
import type { BaselineConfig } from './configs.ts';
import { metricsFile } from './evaluate.ts';
import { emitMetrics, inputFolder, writeJson } from './stage-files.ts';
import type { StageContext, StageEnd, StageKind } from './stage-kind.ts';
import { startParameters } from './start.ts';
import { readSplit, scoreSplit } from './task-split.ts';
import { scoringWork } from './work-context.ts';

export const baseline: StageKind<BaselineConfig> = {
  kind: 'baseline',
  version: 2,
  toleratesDiverged: false,
  fixedSeconds: 0.06,
  work: (stage, _, context) =>
    scoringWork(stage, modelConfig(stage.config), { split: 'test', passes: stage.config.zeroShot ? 2 : 1 }, context),
  run: scoreBaselines,
};

async function scoreBaselines(context: StageContext<BaselineConfig>): Promise<StageEnd> {
  const { stage, folder, inputFolders, emit } = context;
  const { evaluate, zeroShot, seed } = stage.config;
  const model = modelConfig(stage.config);
  const split = readSplit(inputFolder(inputFolders, 'task'), 'test');
  const sessions = await context.sessions();
  const backboneFolder = inputFolders['backbone'];
  const backbone =
    backboneFolder === undefined ? await startParameters(context) : (await loadModelFolder(backboneFolder)).parameters;
  const score = (parameters: typeof backbone): ReturnType<typeof scoreSplit> =>
    scoreSplit({ model, parameters, sessions }, split);
  const freshHead = initParameters(model, seed)[scoreName] as Float32Array;
  const untrainedHead = await score({ ...backbone, [scoreName]: freshHead });
  const metrics = evaluateBaselines({
    untrainedHead,
    zeroShot: zeroShot ? await score(backbone) : null,
    bestOf: evaluate.bestOf,
  });
  writeItems(path.join(folder, recordedOutputs.items), untrainedHead);
  writeJson(path.join(folder, metricsFile), metrics);
  emitMetrics(emit, metrics);
  return { outcome: { kind: 'completed' }, outputs: [recordedOutputs.items, metricsFile] };
}
