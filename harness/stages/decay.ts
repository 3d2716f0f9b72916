/** The decay of one fork: from the trunk at the fork step to the end of the budget, then the held-out code pairs. */
import path from 'node:path';
import { openEncodedPairs, type EncodedPair, type EncodedPairs } from '../data/index.ts';
import { pairwiseAccuracy, type Item } from '../eval/index.ts';
import { modelConfig } from '../model/index.ts';
import { orderFile } from './batch-order.ts';
import type { Scorer } from './compute.ts';
import type { PretrainConfig } from './configs.ts';
import { pairShards } from './encoded-files.ts';
import { pairItems } from './items.ts';
import { withPretrainRun } from './pretrain-run.ts';
import { layoutOf, pretrainTraining, pretrainWork, trainedBy, trunkFile } from './pretrain.ts';
import { runTraining } from './run-training.ts';
import { emitMetrics, inputFolder } from './stage-files.ts';
import type { StageContext, StageEnd, StageKind } from './stage-kind.ts';
import { keepModel } from './trained-state.ts';
import { expectedPairs, pairLengthsOf } from './work-context.ts';
import { totalWork } from './work.ts';

export const decay: StageKind<PretrainConfig> = {
  kind: 'decay',
  version: 3,
  toleratesDiverged: false,
  formerNames: { budget: 'until' },
  fixedSeconds: 0.1,
  training: pretrainTraining,
  work: async (stage, steps, context) => {
    const training = await pretrainWork(stage, steps ?? 0, context);
    if (stage.config.objective.kind !== 'pmp') return training;
    const model = modelConfig(stage.config);
    const lengths = pairLengthsOf(stage, model, context);
    const questions = expectedPairs(stage, context).heldOut;
    const heldOut = await context.steps.ofScoring({ model, questions, responses: 2, lengths });
    return { ...training, work: totalWork([training.work, heldOut]) };
  },
  run: decayFork,
};

async function decayFork(context: StageContext<PretrainConfig>): Promise<StageEnd> {
  const { config } = context.stage;
  const start = { kind: 'state', file: path.join(inputFolder(context.inputFolders, 'trunk'), trunkFile) } as const;
  const { outcome, state } = await withPretrainRun(config, inputFolder(context.inputFolders, 'pairs'), (run) =>
    runTraining(context, { ...trainedBy(config), ...run, toStep: run.total, start }),
  );
  if (outcome.kind !== 'completed' || state === null) return { outcome, outputs: [] };
  const model = modelConfig(config);
  const kept = { state, layout: layoutOf(config), trainable: null };
  const weights = await keepModel(context.folder, { model, kept });
  emitMetrics(context.emit, [
    { name: 'pretrain/steps', value: state.step },
    { name: 'pretrain/tokens_seen', value: state.tokensSeen },
  ]);
  if (config.objective.kind === 'pmp')
    await scoreHeldOut(context, (await context.compute()).scorer(context, { model, weights }));
  return { outcome, outputs: ['model.safetensors', 'config.json', orderFile] };
}

/** Pairs scored at a time: a reward does not depend on what it is scored with. */
const scoredTogether = 4096;

/** Only where there is a trained head. */
async function scoreHeldOut({ inputFolders, emit }: StageContext, score: Scorer): Promise<void> {
  const heldOut = openEncodedPairs(inputFolder(inputFolders, 'pairs'), pairShards.heldOut);
  try {
    const accuracy = pairwiseAccuracy(await scoreAll(score, heldOut));
    emitMetrics(emit, [
      { name: 'pretrain/heldout_pairwise_accuracy', value: accuracy.strict },
      { name: 'pretrain/heldout_pairs', value: accuracy.n },
    ]);
  } finally {
    heldOut.close();
  }
}

async function scoreAll(score: Scorer, pairs: EncodedPairs): Promise<readonly Item[]> {
  const items: Item[] = [];
  for (let from = 0; from < pairs.count; from += scoredTogether)
    items.push(...(await scorePairs(score, pairsFrom(pairs, from, from + scoredTogether))));
  return items;
}

function pairsFrom(pairs: EncodedPairs, from: number, to: number): readonly EncodedPair[] {
  return Array.from({ length: Math.min(to, pairs.count) - from }, (_, index) => pairs.at(from + index));
}

async function scorePairs(score: Scorer, pairs: readonly EncodedPair[]): Promise<readonly Item[]> {
  const questions = pairs.map(({ prompt, chosen, rejected }) => ({ prompt, responses: [chosen, rejected] }));
  return pairItems(pairs, await score(questions));
}
