/** Sections of experiments that run in seconds, for tests whose subject is another section. */

export const toyModel = (contextLength: number): string =>
  'model: {name: toy, family: qwen2, hiddenSize: 16, layers: 1, heads: 2, keyValueHeads: 1, intermediateSize: 32, ' +
  `contextLength: ${contextLength}}`;

export const toyPretrain = `pretrain:
  objective: {kind: pmp}
  budget: {pairs: 16}
  pairsPerStep: 4
  optimizer: {kind: adamw, learningRate: 2e-3}
  schedule: {kind: wsd, warmup: {steps: 1}, decayFraction: 0.25}`;

export const toyAlgebra =
  'task: {kind: generated, name: algebra, family: algebra, difficulty: 1, trainPairs: 64, devPairs: 8, testPairs: 8, ' +
  'testQuestions: 4, candidates: 2}';

export const toyFinetune = `finetune:
  objective: {lmWeight: 0}
  samples: 16
  steps: 4
  pairsPerStep: 4
  optimizer: {kind: adamw, learningRate: 1e-2}
  schedule: {kind: cosine, warmup: {fraction: 0.25}}`;
