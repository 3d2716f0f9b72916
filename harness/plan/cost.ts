/**
 * What a stage costs, before any data is read: steps are exact, tokens are estimated by the kinds of pairs and task.
 * FLOPs are the matrix products of the step; a test holds them against the compiled step's own graph, which only the
 * room that builds it can see.
 */
import { unknownLengths, withinContext, type Kinds, type PairLengths } from '../kinds/index.ts';
import { costOf, modelConfig, scoreFlops, trainFlops, type ModelConfig } from '../model/index.ts';
import { budgetPairs, kindOf, objectiveTerms, type PretrainSpec, type TrialSpec } from '../spec/index.ts';
import type { PairTokens, StageCost } from './stage.ts';

/** An LM pair has the chosen answer only: measured 1.67 to 1.73 times fewer tokens. */
const pairPerSequence = 1.75;

export const noCost: StageCost = {
  steps: null,
  pairs: null,
  paramsTotal: null,
  paramsNonEmbedding: null,
  trainFlops: null,
  scoreFlops: null,
  tokens: null,
  isEstimate: false,
};

/** The model of a trial. */
export function modelOf({ model, tokenizer }: Pick<TrialSpec, 'model' | 'tokenizer'>): ModelConfig {
  return modelConfig({ model, vocabSize: tokenizer.vocabSize });
}

interface Scoring {
  readonly split: 'dev' | 'test';
  /** How often the whole split is scored. */
  readonly passes: number;
}

/** A stage that scores a task's split, its pairs and on `test` its pool, and trains nothing. */
export function scoringCost(trial: TrialSpec, kinds: Kinds, { split, passes }: Scoring): StageCost {
  const { task } = trial;
  const model = modelOf(trial);
  const kind = kindOf(kinds.tasks, task);
  const sizes = kind.sizes(task);
  const { prompt, chosen, rejected } = withinContext(kind.lengths(task, model.vocabSize), model.contextLength);
  const flops = (responses: number): number =>
    scoreFlops(model, { prompt, response: (chosen + rejected) / 2, responses });
  const ofPool = split === 'test' ? sizes.questions * flops(sizes.candidates) : 0;
  const { paramsTotal, paramsNonEmbedding } = costOf(model);
  const ofPairs = sizes[`${split}Pairs`] * flops(2);
  return { ...noCost, paramsTotal, paramsNonEmbedding, scoreFlops: Math.round(passes * (ofPairs + ofPool)) };
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
export function pretrainCost(steps: number, trial: TrialSpec, kinds: Kinds): StageCost {
  const { corpus, pairs, pretrain } = trial;
  const model = modelOf(trial);
  const ofCorpus = corpus === null ? null : kindOf(kinds.corpora, corpus).lengths(corpus, model.vocabSize);
  const lengths =
    pairs === null ? unknownLengths : kindOf(kinds.pairs, pairs).lengths(pairs, ofCorpus, model.vocabSize);
  return trainCost(steps, pretrain.pairsPerStep, lengths, objectiveTerms(pretrain.objective), model);
}

export function finetuneCost(trial: TrialSpec, kinds: Kinds): StageCost {
  const { finetune, task } = trial;
  const { steps, pairsPerStep, objective } = finetune;
  const model = modelOf(trial);
  const lengths = kindOf(kinds.tasks, task).lengths(task, model.vocabSize);
  return trainCost(steps, pairsPerStep, lengths, objective, model);
}

function trainCost(
  steps: number,
  pairsPerStep: number,
  lengths: PairLengths,
  weights: { readonly pairwiseWeight: number; readonly lmWeight: number },
  model: ModelConfig,
): StageCost {
  const { paramsTotal, paramsNonEmbedding } = costOf(model);
  const tokens = tokensRead(withinContext(lengths, model.contextLength), weights);
  const rowLength = tokens.prompt + tokens.chosen + tokens.rejected;
  const flopsPerStep = trainFlops(model, {
    tokens: pairsPerStep * rowLength,
    rows: pairsPerStep,
    rowLength,
    labels: pairsPerStep * tokens.labels,
  });
  return {
    ...noCost,
    steps,
    pairs: steps * pairsPerStep,
    paramsTotal,
    paramsNonEmbedding,
    trainFlops: Math.round(steps * flopsPerStep),
    tokens,
    isEstimate: true,
  };
}

/** Language modelling leaves the rejected response out. */
function tokensRead(
  { prompt, chosen, rejected }: PairLengths,
  { pairwiseWeight, lmWeight }: { readonly pairwiseWeight: number; readonly lmWeight: number },
): PairTokens {
  return { prompt, chosen, rejected: pairwiseWeight > 0 ? rejected : 0, labels: lmWeight > 0 ? chosen : 0 };
}
