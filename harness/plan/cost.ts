/**
 * What a stage costs, before any data is read: steps are exact, tokens are estimated (see `expected-lengths.ts`). FLOPs
 * are the matrix products of the step; a test holds them against the compiled step's own graph, which only the room
 * that builds it can see.
 */
import { costOf, trainFlops } from '../model/cost.ts';
import { objectiveTerms } from '../spec/index.ts';
import type { CorpusSpec, FinetuneSpec, PretrainSpec, TaskSpec } from '../spec/experiment-schema.ts';
import { budgetPairs } from '../spec/index.ts';
import { corpusPairLengths, taskPairLengths, withinContext, type PairLengths } from './expected-lengths.ts';
import type { StageCost } from './stage.ts';
import type { ModelConfig } from '../model/index.ts';

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

/** A stage that reads a model and trains nothing. */
export function modelCost(model: ModelConfig): StageCost {
  const { paramsTotal, paramsNonEmbedding } = costOf(model);
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
  model: ModelConfig,
  { corpus, pretrain }: { readonly corpus: CorpusSpec; readonly pretrain: PretrainSpec },
): StageCost {
  const { objective, pairsPerStep } = pretrain;
  return trainCost(steps, pairsPerStep, corpusPairLengths(corpus, model.vocabSize), objectiveTerms(objective), model);
}

export function finetuneCost(
  { steps, pairsPerStep, objective }: FinetuneSpec,
  model: ModelConfig,
  task: TaskSpec,
): StageCost {
  return trainCost(steps, pairsPerStep, taskPairLengths(task, model.vocabSize), objective, model);
}

function trainCost(
  steps: number,
  pairsPerStep: number,
  lengths: PairLengths,
  weights: { readonly pairwiseWeight: number; readonly lmWeight: number },
  model: ModelConfig,
): StageCost {
  const { paramsTotal, paramsNonEmbedding } = costOf(model);
  const { prompt, chosen, rejected } = withinContext(lengths, model.contextLength);
  const rowLength = prompt + chosen + (weights.pairwiseWeight > 0 ? rejected : 0);
  const flopsPerStep = trainFlops(model, {
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
