import path from 'node:path';
import { readEncodedPairs } from '../data/index.ts';
import { pairwiseAccuracy } from '../eval/index.ts';
import { scoreResponses } from '../score/index.ts';
import { saveModelFolder, modelConfig } from '../model/index.ts';
import { readTrainState, trainedModel, type SessionCache } from '../train/index.ts';
import type { StageContext, StageEnd } from './stage-context.ts';
import { pairItems } from './items.ts';
import { pretrainRun } from './pretrain-run.ts';
import { layoutOf, trainingOf, trunkFile } from './pretrain.ts';
import { runTraining } from './run-training.ts';
import { emitMetrics, inputFolder } from './stage-files.ts';

/**
 * The decay of one fork: from the trunk at the fork step to the end of the budget, then the held-out code pairs where
 * there is a trained head.
 */
export async function decayStage(context: StageContext<'decay'>, sessions: SessionCache): Promise<StageEnd> {
  const { config } = context.stage;
  const model = modelConfig(config);
  const pairsFolder = inputFolder(context.inputFolders, 'pairs');
  const run = pretrainRun(config, pairsFolder);
  const trunk = await readTrainState(
    path.join(inputFolder(context.inputFolders, 'trunk'), trunkFile),
    layoutOf(config),
  );
  const { outcome, state } = await runTraining(context, {
    ...trainingOf(config),
    ...run,
    sessions,
    toStep: run.total,
    state: trunk,
  });
  if (outcome.kind !== 'completed' || state === null) return { outcome, outputs: [] };
  const parameters = trainedModel(state, model, null);
  await saveModelFolder(context.folder, { model, parameters });
  emitMetrics(context.emit, [
    { name: 'pretrain/steps', value: state.step },
    { name: 'pretrain/tokens_seen', value: state.tokensSeen },
  ]);
  if (config.objective.kind === 'pmp') {
    const heldOut = readEncodedPairs(path.join(pairsFolder, 'held-out.arrow'));
    const rewards = await scoreResponses(
      { model, parameters, sessions },
      heldOut.map((pair) => ({ prompt: pair.prompt, responses: [pair.chosen, pair.rejected] })),
    );
    const accuracy = pairwiseAccuracy(pairItems(heldOut, rewards));
    emitMetrics(context.emit, [
      { name: 'pretrain/heldout_pairwise_accuracy', value: accuracy.strict },
      { name: 'pretrain/heldout_pairs', value: accuracy.n },
    ]);
  }
  return { outcome, outputs: ['model.safetensors', 'config.json'] };
}
