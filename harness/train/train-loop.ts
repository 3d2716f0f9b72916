/**
 * The one training loop, for preference pretraining, LM pretraining and reward-model finetuning alike. It yields events
 * and writes nothing; it reads no clock and draws no random number: batches and learning rate are functions of the
 * step, so a resumed run repeats the straight one bit for bit.
 */
import type { EncodedPair } from '../data/preference-pair.ts';
import type { OptimizerSpec } from '../spec/experiment-schema.ts';
import { rowLengths, type RowLengths } from './micro-batches.ts';
import { objectiveParts, type ObjectiveWeights } from './pmp-loss.ts';
import { runStep, tokensOf, updateNorms, type Measured, type UpdateNorms } from './run-step.ts';
import type { LearningRate } from './schedule.ts';
import type { SessionCache } from './session-cache.ts';
import { plainTraining, type TrainFeatures } from './step-features.ts';
import { namesBeside, stateLayout, type StateLayout } from './state-layout.ts';
import { openSessions, type StepOptions, type StepSessions } from './step-sessions.ts';
import { trainedNames } from './step-tensors.ts';
import { accumulatorName } from './train-program.ts';
import { namedTensors, splitNamedTensors, type TrainState } from './train-state.ts';
import type { ModelConfig, Parameters } from '../model/index.ts';

export interface TrainOptions {
  readonly model: ModelConfig;
  /** Where to start: `initialState(parameters)`, or a saved state to go on from. */
  readonly state: TrainState;
  /** The run stops when this many updates are done in all. */
  readonly toStep: number;
  readonly objective: ObjectiveWeights;
  /** Its `learningRate` is not read here: the schedule gives `learningRateAt`. */
  readonly optimizer: OptimizerSpec;
  /** Without them training is plain. */
  readonly features?: TrainFeatures;
  readonly learningRateAt: LearningRate;
  readonly batchAt: (step: number) => readonly EncodedPair[];
  /** Rows of batches as they typically are, by which steps are cut; without them those of the first step. */
  readonly typical?: RowLengths;
  readonly sessions: SessionCache;
  readonly logEverySteps: number;
  /** Called after every update: the loop itself reads no clock. */
  readonly shouldCheckpoint: () => boolean;
  readonly signal: AbortSignal;
}

export type TrainEvent =
  | { readonly kind: 'metric'; readonly step: number; readonly name: string; readonly value: number }
  | { readonly kind: 'progress'; readonly step: number; readonly steps: number; readonly loss: number }
  | { readonly kind: 'checkpoint'; readonly state: TrainState };

export type TrainOutcome =
  | { readonly kind: 'completed' }
  | { readonly kind: 'diverged'; readonly step: number; readonly reason: string }
  | { readonly kind: 'interrupted' };

/** `state` is null after divergence: its numbers mean nothing. */
export interface TrainResult {
  readonly outcome: TrainOutcome;
  readonly state: TrainState | null;
}

/**
 * Metric and progress events carry the number of updates done, the loss of step k being measured before its update. The
 * run stops early for one reason only: a loss or a gradient norm (before clipping) that is not finite, or weights that
 * are not finite at its end. A loss that only grows is a result.
 */
export async function* trainLoop(options: TrainOptions): AsyncGenerator<TrainEvent, TrainResult> {
  const step = stepOptionsOf(options);
  const typical = options.typical ?? [rowLengths(options.batchAt(0), step.parts)];
  const sessions = await openSessions(step, options.sessions, typical);
  try {
    return yield* takeSteps(options, startRun(options, step, sessions));
  } finally {
    sessions.lease.done();
  }
}

function stepOptionsOf(options: TrainOptions): StepOptions {
  return { ...options, features: options.features ?? plainTraining, parts: objectiveParts(options.objective) };
}

async function* takeSteps(options: TrainOptions, run: Run): AsyncGenerator<TrainEvent, TrainResult> {
  while (run.step < options.toStep) {
    if (options.signal.aborted) {
      const state = await snapshot(options, run);
      yield { kind: 'checkpoint', state };
      return { outcome: { kind: 'interrupted' }, state };
    }
    const reason = yield* takeStep(options, run);
    if (reason !== null) return { outcome: { kind: 'diverged', step: run.step, reason }, state: null };
  }
  return finished(await snapshot(options, run));
}

/** One update and its events; returns why the run has diverged, or null. */
async function* takeStep(options: TrainOptions, run: Run): AsyncGenerator<TrainEvent, string | null> {
  const learningRate = options.learningRateAt(run.step);
  const measured = await update(options, run, learningRate);
  const reason = divergence(measured);
  if (reason === null) yield* stepEvents(options, run, { ...measured, learningRate });
  return reason;
}

interface MeasuredUpdate extends Measured {
  readonly learningRate: number;
}

/** Metrics at steps that are logged, progress, and a checkpoint where one is due. */
async function* stepEvents(options: TrainOptions, run: Run, measured: MeasuredUpdate): AsyncGenerator<TrainEvent> {
  const { toStep, logEverySteps } = options;
  const isLast = run.step === toStep;
  if (isLast || run.step % logEverySteps === 0) yield* metrics(run, measured);
  yield { kind: 'progress', step: run.step, steps: toStep, loss: measured.total };
  if (!isLast && options.shouldCheckpoint()) yield { kind: 'checkpoint', state: await snapshot(options, run) };
}

function finished(state: TrainState): TrainResult {
  const broken = Object.entries(state.parameters).find(([, values]) => !values.every(Number.isFinite));
  return broken === undefined
    ? { outcome: { kind: 'completed' }, state }
    : { outcome: { kind: 'diverged', step: state.step, reason: `${broken[0]} is not finite` }, state: null };
}

/** The progress of a run; the numbers advance with every update. */
interface Run {
  readonly options: StepOptions;
  readonly sessions: StepSessions;
  readonly layout: StateLayout;
  step: number;
  tokensSeen: number;
}

/**
 * The session gets the tensors that the objective reads. Accumulators start at 0: what another run left there, a NaN
 * even, must not reach this one.
 */
function startRun({ state }: TrainOptions, options: StepOptions, sessions: StepSessions): Run {
  const { model, optimizer, features } = options;
  const layout = stateLayout(model, { trainable: features.trainable, optimizer });
  sessions.lease.session.setState(sessionState(state, options, layout));
  return { options, sessions, layout, step: state.step, tokensSeen: state.tokensSeen };
}

function sessionState(state: TrainState, options: StepOptions, layout: StateLayout): Parameters {
  const { read, learned } = sessionNames(options, layout);
  const kept = new Set([...read, ...learned.flatMap(namesBeside)]);
  const tensors = Object.entries(namedTensors(state)).filter(([name]) => kept.has(name));
  const isAccumulated = options.features.pairsPerMicroBatch !== null;
  return { ...Object.fromEntries(tensors), ...(isAccumulated && zeroAccumulators(learned, state.parameters)) };
}

function zeroAccumulators(names: readonly string[], parameters: Parameters): Parameters {
  return Object.fromEntries(
    names.map((name) => [accumulatorName(name), new Float32Array(parameters[name]?.length ?? 0)]),
  );
}

/** The parameters that the objective reads, and those of them that learn. */
function sessionNames(
  { parts }: StepOptions,
  { parameters, learned }: StateLayout,
): { readonly read: readonly string[]; readonly learned: readonly string[] } {
  const isLearned = new Set(learned);
  const read = trainedNames([...parameters.keys()], parts);
  return { read, learned: read.filter((name) => isLearned.has(name)) };
}

async function update({ batchAt }: TrainOptions, run: Run, learningRate: number): Promise<Measured> {
  const pairs = batchAt(run.step);
  const measured = await runStep(run.options, run.sessions, { pairs, learningRate, step: run.step });
  run.step += 1;
  run.tokensSeen += tokensOf(pairs, run.options.parts);
  return measured;
}

function divergence({ total, gradientNorm }: Measured): string | null {
  if (!Number.isFinite(total)) return `the loss is ${total}`;
  return Number.isFinite(gradientNorm) ? null : `the gradient norm is ${gradientNorm}`;
}

/** The metrics of the last update that have a value. */
async function* metrics(run: Run, measured: MeasuredUpdate): AsyncGenerator<TrainEvent> {
  const { learningRate } = measured;
  const norms = await updateNorms(run.options, run.sessions, { learningRate, step: run.step - 1 });
  const values: Readonly<Record<string, number | null>> = {
    ...lossMetrics(measured),
    'train/learning_rate': learningRate,
    ...normMetrics(measured, norms),
    'train/tokens_seen': run.tokensSeen,
  };
  for (const [name, value] of Object.entries(values))
    if (value !== null) yield { kind: 'metric', step: run.step, name, value };
}

function lossMetrics({ total, pairwise, lm, centering, margins }: Measured): Readonly<Record<string, number | null>> {
  return {
    'train/loss': total,
    'train/pairwise_loss': pairwise,
    'train/lm_loss': lm,
    'train/reward_centering': centering,
    // Strict, as in the evaluation: a tie is not a win.
    'train/pairwise_accuracy': margins && margins.filter((margin) => margin > 0).length / margins.length,
  };
}

function normMetrics(
  { gradientNorm }: Measured,
  { updateNorm, parameterNorm }: UpdateNorms,
): Readonly<Record<string, number>> {
  return {
    'train/gradient_norm': gradientNorm,
    'train/update_norm': updateNorm,
    'train/update_ratio': updateNorm / parameterNorm,
  };
}

/** Tensors that no part of the objective trains keep their starting values. */
async function snapshot({ state }: TrainOptions, { sessions, layout, step, tokensSeen }: Run): Promise<TrainState> {
  const kept = await sessions.lease.session.getState();
  return { ...splitNamedTensors({ ...namedTensors(state), ...kept }, layout), step, tokensSeen };
}
