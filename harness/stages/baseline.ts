import path from 'node:path';
import { evaluateBaselines, writeItems } from '../eval/index.ts';
import { initParameters, loadModelFolder, scoreName, type Parameters } from '../model/index.ts';
import { recordedOutputs } from '../store/index.ts';
import type { SessionCache } from '../train/index.ts';
import type { StageContext, StageEnd } from './stage-context.ts';
import { metricsFile } from './evaluate.ts';
import { emitMetrics, inputFolder, writeJson } from './stage-files.ts';
import { readSplit, scoreSplit } from './task-split.ts';

/**
 * What no training on the task is needed for: the null rankers, the backbone under an untrained head, and the
 * backbone's own head where it was preference-pretrained.
 */
export async function baselineStage(context: StageContext<'baseline'>, sessions: SessionCache): Promise<StageEnd> {
  const { stage, folder, inputFolders, emit } = context;
  const { model, vocabSize, evaluate, zeroShot, seed } = stage.config;
  const split = readSplit(inputFolder(inputFolders, 'task'), 'test');
  const fresh = initParameters(model, vocabSize, seed);
  const backboneFolder = inputFolders['backbone'];
  const backbone: Parameters =
    backboneFolder === undefined ? fresh : (await loadModelFolder(backboneFolder)).parameters;
  const score = (parameters: Parameters): ReturnType<typeof scoreSplit> =>
    scoreSplit({ model, vocabSize, parameters, sessions }, split);
  const untrainedHead = await score({ ...backbone, [scoreName]: fresh[scoreName] as Float32Array });
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
