/** The smallest experiment with every kind of stage that trains, on a corpus of made-up functions. */
import { writeFileSync } from 'node:fs';
import path from 'node:path';

const text = `formatVersion: 1
name: small
question: Does a sweep survive?
seeds: [1]
corpus: {kind: npm, minCharacters: 40, maxCharacters: 400, heldOutFunctions: 8}
tokenizer: {kind: bpe, vocabSize: 300}
pairs: {kind: mutate, mutantsPerFunction: 1}
model: {name: toy, family: qwen2, hiddenSize: 8, layers: 1, heads: 2, keyValueHeads: 1, intermediateSize: 16,
  contextLength: 256, rewardPooling: last}
pretrain:
  objective: {kind: pmp}
  budget: {pairs: 16}
  pairsPerStep: 4
  optimizer: {kind: adamw, learningRate: 2e-3}
  schedule: {kind: wsd, warmup: {steps: 1}, decayFraction: 0.25}
task: {kind: generated, name: lookup, family: lookup, difficulty: 1, trainPairs: 16, devPairs: 4, testPairs: 8,
  testQuestions: 2, candidates: 2}
finetune:
  objective: {lmWeight: 1}
  samples: 4
  steps: 2
  pairsPerStep: 2
  optimizer: {kind: adamw, learningRate: 1e-3}
  schedule: {kind: cosine, warmup: {fraction: 0.25}}
evaluate: {bestOf: [1, 2]}
sweep:
  axes:
    pretraining:
      scratch: {pretrain.objective: {kind: none}}
      pmp-16: {}
execution: {workers: 2, threads: 1, checkpointEverySeconds: 1}
`;

/** Writes it, and returns its path. */
export function smallExperiment(folder: string): string {
  const file = path.join(folder, 'small.yaml');
  writeFileSync(file, text);
  return file;
}
