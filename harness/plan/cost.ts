/**
 * What a stage costs, before any data is read: steps are exact, tokens are estimated by the kinds of pairs and task. FLOPs
 * are the matrix products of the step; a test holds them against the compiled step's own graph, which only the room
 * that builds it can see.
 */
import { costOf, trainFlops } from '../model/cost.ts';
import { unknownLengths, withinContext, type Kinds, type PairLengths } from '../kinds/index.ts';
import { budgetPairs, kindOf, type ModelSpec, type PretrainSpec, type TrialSpec } from '../spec/index.ts';
import type { StageCost } from './stage.ts';

/** An LM pair has the chosen answer only: measured 1.67 to 1.73 times fewer tokens. */
const pairPerSequence = 1.75;

export const noCost: StageCost = {
  steps: null,
  pairs: null,
  paramsTotal: null,
  paramsNonEmbedding: null,
  trainFlops: null,
  isEstimate: false,
};

export interface TrainedModel {
  readonly model: ModelSpec;
  readonly vocabSize: number;
}

/** A stage that reads a model and trains nothing. */
export function modelCost({ model, vocabSize }: TrainedModel): StageCost {
  const { paramsTotal, paramsNonEmbedding } = costOf(model, vocabSize);
  return { ...noCost, paramsTotal, paramsNonEmbedding };
}

/**
 * Steps of a whole budget. Exact for `pairs`; for `tokensOfPairs` the number follows from token counts and is
 * estimated: a preference pair has both answers, an LM pair the chosen one.
 */
export function budgetSteps({ budget, pairsPerStep }: PretrainSpec): number {
  return 'pairs' in budget
    ? Math.floor(budget.pairs / pairsPerStep)
    : Math.round((pairPerSequence * budgetPairs(budget)) / pairsPerStep);
}

/** `steps` of pretraining: a segment of the trunk, a decay, or a whole run. */
export function pretrainCost(
  steps: number,
  { corpus, pairs, pretrain, model, tokenizer }: TrialSpec,
  kinds: Kinds,
): StageCost {
  const { objective, pairsPerStep } = pretrain;
  const { vocabSize } = tokenizer;
  const weights = objective.kind === 'pmp' ? objective : { pairwiseWeight: 0, lmWeight: 1 };
  const ofCorpus = corpus === null ? null : kindOf(kinds.corpora, corpus).lengths(corpus, vocabSize);
  const lengths = pairs === null ? unknownLengths : kindOf(kinds.pairs, pairs).lengths(pairs, ofCorpus, vocabSize);
  return trainCost(steps, pairsPerStep, lengths, weights, { model, vocabSize });
}

export function finetuneCost({ finetune, task, model, tokenizer }: TrialSpec, kinds: Kinds): StageCost {
  const { steps, pairsPerStep, objective } = finetune;
  const { vocabSize } = tokenizer;
  const lengths = kindOf(kinds.tasks, task).lengths(task, vocabSize);
  return trainCost(steps, pairsPerStep, lengths, objective, { model, vocabSize });
}

function trainCost(
  steps: number,
  pairsPerStep: number,
  lengths: PairLengths,
  weights: { readonly pairwiseWeight: number; readonly lmWeight: number },
  { model, vocabSize }: TrainedModel,
): StageCost {
  const { paramsTotal, paramsNonEmbedding } = costOf(model, vocabSize);
  const { prompt, chosen, rejected } = withinContext(lengths, model.contextLength);
  const rowLength = prompt + chosen + (weights.pairwiseWeight > 0 ? rejected : 0);
  const flopsPerStep = trainFlops(model, vocabSize, {
    tokens: pairsPerStep * rowLength,
    rows: pairsPerStep,
    rowLength,
    labels: weights.lmWeight > 0 ? pairsPerStep * chosen : 0,
  });
  return {
    steps,
    pairs: steps * pairsPerStep,
    paramsTotal,
    paramsNonEmbedding,
    trainFlops: Math.round(steps * flopsPerStep),
    isEstimate: true,
  };
}
