/** The experiment that `harness init` writes: small enough to run in a minute, and complete enough to grow from. */

/**
 * @param name Name of the experiment: lower-case letters, digits and dashes.
 * @param file How its file is named on a command line.
 */
export function firstExperiment(name: string, file: string): string {
  return `# An experiment to start from. It asks in small what the paper asks: does preference-model pretraining (PMP) on code
# help a reward model that is then finetuned on a reasoning task? About a minute on two cores.
#
# What would run, and how long it takes here:
#   harness plan ${file}
# Run it; the same command continues after an interruption:
#   harness sweep ${file}

formatVersion: 1
name: ${name}
question: Does pretraining on code pairs help a small reward model on algebra?
# Every trial is run once for each seed. Three are the least for a claim.
seeds: [1, 2, 3]

# The code to pretrain on: functions cut out of npm packages. Without \`packages\` all of them are read.
corpus: {kind: npm, packages: [jquery, lodash], minCharacters: 60, maxCharacters: 240, heldOutFunctions: 50}
tokenizer: {kind: bpe, vocabSize: 512}
# Preference pairs: a function as it was written, and the same function with one to three small errors.
pairs: {kind: mutate, mutantsPerFunction: 3}

model:
  name: qwen2-tiny
  family: qwen2
  hiddenSize: 64
  layers: 2
  heads: 2
  keyValueHeads: 1
  intermediateSize: 128
  contextLength: 192
  rewardPooling: mean

# \`budget\` is how many pairs the model sees; the sweep below varies it.
pretrain:
  objective: {kind: pmp}
  budget: {pairs: 1024}
  pairsPerStep: 16
  optimizer: {kind: adamw, learningRate: 2e-3}
  schedule: {kind: wsd, warmup: {steps: 4}, decayFraction: 0.2}

# What the reward model is finetuned and tested on. Problems are generated: nothing is downloaded.
task:
  kind: generated
  name: algebra
  family: algebra
  difficulty: 1
  trainPairs: 1024
  devPairs: 100
  testPairs: 200
  testQuestions: 50
  candidates: 8

finetune:
  objective: {lmWeight: 0}
  samples: 256
  steps: 200
  pairsPerStep: 16
  optimizer: {kind: adamw, learningRate: 3e-3}
  schedule: {kind: cosine, warmup: {fraction: 0.1}}

evaluate: {bestOf: [1, 2, 4, 8]}

# Every combination of the axes is a trial. An axis lists the values of one key, or names cases that set several keys.
sweep:
  axes:
    pretraining:
      none: {pretrain.objective: {kind: none}}
      lm: {pretrain.objective: {kind: lm}}
      pmp: {}
    finetune.samples: [64, 256]

# How it is run, not what it means: changing this runs nothing again.
execution: {workers: 2, threads: 1}
`;
}
