/**
 * Learning rate as a pure function of the step. `wsd`: warmup, stable, decay to 0, linear or half a cosine (Hu et al.,
 * MiniCPM, arXiv 2404.06395): runs of different length share their stable part, so one trunk serves all forks.
 * `cosine`: warmup, then half a cosine to 0.
 */
import { forkSteps, UserError, warmupSteps as warmupOf, type ScheduleSpec } from '../spec/index.ts';

/** Learning rate of update `step`, counted from 0. */
export type LearningRate = (step: number) => number;

/** First updates of the phases; the run ends at `steps`. */
export interface WsdPhases {
  readonly warmupSteps: number;
  readonly decayStart: number;
  readonly steps: number;
}

export interface ScheduleOptions {
  readonly learningRate: number;
  readonly steps: number;
}

/**
 * The schedule of a whole run of `steps` updates. Throws UserError (exit 2) where warmup leaves no step at the full
 * rate.
 */
export function learningRateOf(schedule: ScheduleSpec, { learningRate, steps }: ScheduleOptions): LearningRate {
  if (schedule.kind === 'cosine') return cosine({ warmupSteps: warmupOf(schedule.warmup, steps), steps, learningRate });
  return wsd({ ...wsdPhases(schedule, steps), learningRate, decayShape: schedule.decayShape });
}

/**
 * Where a run of `steps` updates stops warming up and starts to decay: the same steps at which the plan forks it off
 * its trunk.
 */
export function wsdPhases(schedule: Extract<ScheduleSpec, { kind: 'wsd' }>, steps: number): WsdPhases {
  return { warmupSteps: warmupOf(schedule.warmup, steps), decayStart: forkSteps(steps, schedule).decayStart, steps };
}

/**
 * The first update already learns (1/warmup of the rate), the last one still does (1/decay of it): no update is wasted
 * on rate 0.
 */
export function wsd({
  warmupSteps,
  decayStart,
  steps,
  learningRate,
  decayShape = null,
}: WsdPhases & { readonly learningRate: number; readonly decayShape?: 'cosine' | null }): LearningRate {
  requireWarmup(warmupSteps, steps);
  if (warmupSteps > decayStart)
    throw new UserError(
      `schedule wsd: warmup (${warmupSteps} steps) reaches into the decay, which starts at step ${decayStart}`,
      { exitCode: 2, hint: 'Shorten warmup or decayFraction.' },
    );
  return (step) => {
    if (step < warmupSteps) return (learningRate * (step + 1)) / warmupSteps;
    if (step < decayStart) return learningRate;
    if (decayShape === 'cosine') return halfCosine(learningRate, (step - decayStart) / (steps - decayStart));
    return (learningRate * Math.max(0, steps - step)) / (steps - decayStart);
  };
}

/** From the full rate to 0. */
function halfCosine(learningRate: number, done: number): number {
  return (learningRate * (1 + Math.cos(Math.PI * Math.min(1, done)))) / 2;
}

/** Warmup as in `wsd`; then rate x (1 + cos(pi x share of the remaining steps done)) / 2. */
export function cosine({
  warmupSteps,
  steps,
  learningRate,
}: {
  readonly warmupSteps: number;
  readonly steps: number;
  readonly learningRate: number;
}): LearningRate {
  requireWarmup(warmupSteps, steps);
  return (step) => {
    if (step < warmupSteps) return (learningRate * (step + 1)) / warmupSteps;
    return halfCosine(learningRate, (step - warmupSteps) / (steps - warmupSteps));
  };
}

function requireWarmup(warmupSteps: number, steps: number): void {
  if (warmupSteps >= steps)
    throw new UserError(`schedule: warmup (${warmupSteps} steps) takes the whole run (${steps} steps)`, {
      exitCode: 2,
      hint: 'Shorten warmup, or train longer.',
    });
}
