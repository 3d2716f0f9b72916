/**
 * Speed of the training step on given pairs, as `trainLoop` runs it (packing and feeding included), after warm-up steps
 * that are left out.
 */
import type { EncodedPair } from '../data/preference-pair.ts';
import { initParameters } from '../model/index.ts';
import { median } from '../stats/index.ts';
import { initialState, SessionCache, trainLoop } from '../train/index.ts';
import { profileSteps, type StepProfile } from './profile-steps.ts';
import { batchOf, benchOptimizer, typicalRows, type TrainStepBenchOptions } from './step-options.ts';

export interface TrainStepBench extends StepProfile {
  readonly pairsPerSecond: number;
  /** Packed tokens: a prompt counts once for both its responses. */
  readonly tokensPerSecond: number;
  readonly stepMsMedian: number;
  /** Of the measured steps, in order. */
  readonly stepMs: readonly number[];
  /** Highest resident size of this process by the end of the measured steps. */
  readonly peakMemoryBytes: number;
}

const warmUpSteps = 2;

/** Rates follow from the median step and the mean tokens of the measured steps. */
export async function benchTrainStep(options: TrainStepBenchOptions): Promise<TrainStepBench> {
  const { stepMs, tokensPerStep } = await timedSteps(options);
  const peakMemoryBytes = process.resourceUsage().maxRSS * 1024;
  const stepMsMedian = median(stepMs);
  const perSecond = 1000 / stepMsMedian;
  return {
    pairsPerSecond: options.pairsPerStep * perSecond,
    tokensPerSecond: tokensPerStep * perSecond,
    stepMsMedian,
    stepMs,
    peakMemoryBytes,
    ...(await profileSteps(options)),
  };
}

async function timedSteps(options: TrainStepBenchOptions): Promise<TimedSteps> {
  const sessions = new SessionCache(options.executor, { threads: options.threads });
  try {
    return await timeLoop(options, openLoop(options, sessions));
  } finally {
    await sessions.release();
  }
}

interface TimedSteps {
  readonly stepMs: readonly number[];
  readonly tokensPerStep: number;
}

async function timeLoop(
  { rows, pairsPerStep, steps }: TrainStepBenchOptions,
  loop: ReturnType<typeof trainLoop>,
): Promise<TimedSteps> {
  const stepMs: number[] = [];
  let tokens = 0;
  let last = performance.now();
  for await (const event of loop) {
    if (event.kind !== 'progress') continue;
    if (event.step > warmUpSteps && event.step <= warmUpSteps + steps) {
      stepMs.push(performance.now() - last);
      tokens += tokensOf(batchOf(rows, event.step - 1, pairsPerStep));
    }
    last = performance.now();
  }
  return { stepMs, tokensPerStep: tokens / steps };
}

function openLoop(options: TrainStepBenchOptions, sessions: SessionCache): ReturnType<typeof trainLoop> {
  const { model, rows, pairsPerStep, steps } = options;
  // One step more than is measured: the last step of a run also logs.
  const toStep = warmUpSteps + steps + 1;
  return trainLoop({
    model,
    state: initialState(initParameters(model, 0)),
    objective: { pairwiseWeight: 1, lmWeight: 1 },
    optimizer: benchOptimizer,
    toStep,
    logEverySteps: toStep,
    learningRateAt: () => benchOptimizer.learningRate,
    batchAt: (step) => batchOf(rows, step, pairsPerStep),
    typical: typicalRows(options),
    sessions,
    shouldCheckpoint: () => false,
    signal: new AbortController().signal,
  });
}

function tokensOf(pairs: readonly EncodedPair[]): number {
  return pairs.reduce((sum, { prompt, chosen, rejected }) => sum + prompt.length + chosen.length + rejected.length, 0);
}
