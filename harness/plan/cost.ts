/** What a stage costs, before any data is read: steps are exact, tokens are estimated from stated constants. */
import { costOf } from '../model/cost.ts';
import type { CorpusSpec, ModelSpec, PretrainSpec, TaskSpec } from '../spec/experiment-schema.ts';
import { budgetPairs } from '../spec/index.ts';
import type { StageCost } from './stage.ts';

/**
 * Measured on a pilot: 78 tokens a function of 60-400 characters with 1024 merges, that is 3 characters of the middle of the range a token.
 * A preference pair is a prompt (about a quarter of the function) and two answers.
 */
const charactersPerToken = 3;
const pairPerSequence = 1.75;
/** Tokens of prompt and one response; the prompt is about half of it. Guesses, to be judged against `finetune/tokens_seen`. */
const reasoningTokens = { generated: 60, gsm8k: 250 } as const;
const reasoningPairPerSequence = 1.5;

export const noCost: StageCost = { steps: null, pairs: null, paramsTotal: null, paramsNonEmbedding: null, trainFlops: null, isEstimate: false };

export interface TrainedModel { readonly model: ModelSpec; readonly vocabSize: number }

/** A stage that reads a model and trains nothing. */
export function modelCost({ model, vocabSize }: TrainedModel): StageCost {
  const { paramsTotal, paramsNonEmbedding } = costOf(model, vocabSize);
  return { ...noCost, paramsTotal, paramsNonEmbedding };
}

/**
 * Steps of a whole budget. Exact for `pairs`; for `tokensOfPairs` the number follows from token counts and is estimated: a preference pair has both
 * answers, an LM pair the chosen one.
 */
export function budgetSteps({ budget, pairsPerStep }: PretrainSpec): number {
  return 'pairs' in budget ? Math.floor(budget.pairs / pairsPerStep) : Math.round((pairPerSequence * budgetPairs(budget)) / pairsPerStep);
}

/** `steps` of pretraining: a segment of the trunk, a decay, or a whole run. */
export function pretrainCost(steps: number, trained: TrainedModel, { corpus, pretrain }: { readonly corpus: CorpusSpec; readonly pretrain: PretrainSpec }): StageCost {
  const sequence = Math.min(trained.model.contextLength, (corpus.minCharacters + corpus.maxCharacters) / 2 / charactersPerToken);
  const perPair = pretrain.objective.kind === 'pmp' ? sequence * pairPerSequence : sequence;
  return trainCost(steps, steps * pretrain.pairsPerStep, perPair, trained);
}

export function finetuneCost({ steps, pairsPerStep }: { readonly steps: number; readonly pairsPerStep: number }, trained: TrainedModel, task: TaskSpec): StageCost {
  const sequence = Math.min(trained.model.contextLength, reasoningTokens[task.kind]);
  return trainCost(steps, steps * pairsPerStep, sequence * reasoningPairPerSequence, trained);
}

function trainCost(steps: number, pairs: number, tokensPerPair: number, { model, vocabSize }: TrainedModel): StageCost {
  const { paramsTotal, paramsNonEmbedding, trainFlopsPerToken } = costOf(model, vocabSize);
  return { steps, pairs, paramsTotal, paramsNonEmbedding, trainFlops: Math.round(pairs * tokensPerPair * trainFlopsPerToken), isEstimate: true };
}
