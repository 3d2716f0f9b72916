import path from 'node:path';
import { isWithinSource } from '../data/index.ts';
import { evaluateTask, scoreResponses, writeItems } from '../eval/index.ts';
import { loadModelFolder } from '../model/index.ts';
import { recordedOutputs } from '../store/index.ts';
import type { SessionCache } from '../train/index.ts';
import type { StageContext, StageEnd } from './stage-context.ts';
import { checkProbes, probeQuestions } from './probes.ts';
import { emitMetrics, inputFolder, writeJson } from './stage-files.ts';
import { readSplit, scoreSplit } from './task-split.ts';

export const metricsFile = 'metrics.json';

/** Scores a split with a finetuned reward model. The only stage that reads `test`, and it does so once. */
export async function evaluateStage(context: StageContext<'evaluate'>, sessions: SessionCache): Promise<StageEnd> {
  const { stage, folder, inputFolders, execution, emit } = context;
  const taskFolder = inputFolder(inputFolders, 'task');
  const modelFolder = inputFolder(inputFolders, 'model');
  const model = { ...(await loadModelFolder(modelFolder)), sessions };
  checkProbes(modelFolder, await scoreResponses(model, probeQuestions(taskFolder)), execution.device);
  const split = readSplit(taskFolder, stage.config.split);
  const items = await scoreSplit(model, split);
  const metrics = evaluateTask({
    items,
    bestOf: split.pool.length === 0 ? [] : stage.config.evaluate.bestOf,
    withinSource: new Set(split.texts.filter(isWithinSource).map(({ id }) => id)),
  });
  writeItems(path.join(folder, recordedOutputs.items), items);
  writeJson(path.join(folder, metricsFile), metrics);
  emitMetrics(emit, metrics);
  return { outcome: { kind: 'completed' }, outputs: [recordedOutputs.items, metricsFile] };
}
