/** What a sweep spends its time in inside the engine, as paths beside the hot ones: a training step, and scoring. */
import { onnxruntimeCpu } from '../engine/index.ts';
import { initParameters } from '../model/index.ts';
import { OneSession, scoreResponses } from '../score/index.ts';
import { initialState, SessionCache, trainLoop } from '../train/index.ts';
import type { HotPath, OpenPath } from './hot-paths.ts';
import { drawQuestions } from './score-workload.ts';
import { cardPairs, seededTokenPairs } from './seeded-token-pairs.ts';
import { batchOf, benchOptimizer, typicalRows } from './step-options.ts';
import { yardstick, yardstickReward } from './yardstick.ts';

const size = '0.3m';
const pairsPerStep = 4;
/** As many as a worker of a sweep has, and the fewest that other work can disturb. */
const threads = 1;
/** More than any measurement takes: the last step of a run also logs. */
const manySteps = 1_000_000;

export const wholeSteps: readonly HotPath[] = [
  {
    name: 'train-step',
    work: 'a training step of the same 4 pairs, 1.01 M parameters, one thread',
    open: openTraining,
  },
  { name: 'score', work: 'rewards of 4 questions x 8 candidates, 1.01 M parameters, one thread', open: openScoring },
];

async function openTraining(): Promise<OpenPath> {
  const sessions = new SessionCache(onnxruntimeCpu(), { threads });
  const loop = openLoop(sessions);
  return {
    call: async () => {
      for (;;) {
        const { value, done } = await loop.next();
        if (done === true) throw new Error('the training run ended before its measurement');
        if (value.kind === 'progress') return value.loss;
      }
    },
    close: async () => {
      await loop.return({ outcome: { kind: 'interrupted' }, state: null });
      await sessions.release();
    },
  };
}

function openLoop(sessions: SessionCache): ReturnType<typeof trainLoop> {
  const model = yardstick(size);
  const rows = seededTokenPairs(cardPairs);
  const told = { model, rows, pairsPerStep, executor: onnxruntimeCpu(), threads, steps: manySteps, profiledSteps: 0 };
  return trainLoop({
    model,
    state: initialState(initParameters(model, 0)),
    objective: { pairwiseWeight: 1, lmWeight: 1 },
    optimizer: benchOptimizer,
    toStep: manySteps,
    logEverySteps: manySteps,
    learningRateAt: () => benchOptimizer.learningRate,
    // One batch: how many calls warm up hangs on the machine, and batches differ in length by a factor of two.
    batchAt: () => batchOf(rows, 0, pairsPerStep),
    typical: typicalRows(told),
    sessions,
    shouldCheckpoint: () => false,
    signal: new AbortController().signal,
  });
}

function openScoring(): OpenPath {
  const { model, parameters } = yardstickReward(size);
  const sessions = new OneSession(onnxruntimeCpu(), { threads });
  const questions = drawQuestions(
    { questions: 4, candidates: 8, promptTokens: [40, 120], candidateTokens: [30, 150] },
    model,
  );
  return {
    call: () => scoreResponses({ model, parameters, sessions }, questions),
    close: () => sessions.release(),
  };
}
