/**
 * The one training loop, for preference pretraining, LM pretraining and reward-model finetuning alike. It yields events and writes nothing; it reads no
 * clock and draws no random number: batches and learning rate are functions of the step, so a resumed run repeats the straight one bit for bit.
 */
import type { EncodedPair } from '../data/preference-pair.ts';
import type { Session } from '../engine/index.ts';
import { architectureKey, numbered, RowPacker, type Row } from '../model/index.ts';
import type { ModelSpec, OptimizerSpec } from '../spec/experiment-schema.ts';
import { adamWScalars } from './adamw.ts';
import { cutIntoMicroBatches, microBatchCount } from './micro-batches.ts';
import { objectiveParts, type ObjectiveParts, type ObjectiveWeights } from './pmp-loss.ts';
import type { LearningRate } from './schedule.ts';
import type { SessionCache } from './session-cache.ts';
import { trainedNames, trainFeeds, trainProgram } from './train-program.ts';
import { momentNames, stateLayout } from './state-layout.ts';
import { namedTensors, splitNamedTensors, type TrainState } from './train-state.ts';

export interface TrainOptions {
  readonly model: ModelSpec;
  readonly vocabSize: number;
  /** Where to start: `initialState(parameters)`, or a saved state to go on from. */
  readonly state: TrainState;
  /** The run stops when this many updates are done in all. */
  readonly toStep: number;
  readonly objective: ObjectiveWeights;
  /** Its `learningRate` is the schedule's business: only `learningRateAt` is used here. */
  readonly optimizer: OptimizerSpec;
  readonly learningRateAt: LearningRate;
  readonly batchAt: (step: number) => readonly EncodedPair[];
  readonly sessions: SessionCache;
  readonly logEverySteps: number;
  /** Asked after every update; the caller owns the clock. */
  readonly shouldCheckpoint: () => boolean;
  readonly signal: AbortSignal;
}

export type TrainEvent =
  | { readonly kind: 'metric'; readonly step: number; readonly name: string; readonly value: number }
  | { readonly kind: 'progress'; readonly step: number; readonly steps: number; readonly loss: number }
  | { readonly kind: 'checkpoint'; readonly state: TrainState };

export type TrainOutcome = { readonly kind: 'completed' } | { readonly kind: 'diverged'; readonly step: number; readonly reason: string } | { readonly kind: 'interrupted' };

/** `state` is null after divergence: its numbers mean nothing. */
export interface TrainResult { readonly outcome: TrainOutcome; readonly state: TrainState | null }

/** Metric and progress events carry the number of updates done, the loss of step k being measured before its update. */
export async function* trainLoop(options: TrainOptions): AsyncGenerator<TrainEvent, TrainResult> {
  const { model, vocabSize, toStep } = options;
  const parts = objectiveParts(options.objective);
  const microBatches = microBatchCount(model, options.batchAt(options.state.step).length);
  const lease = await options.sessions.acquire(`train ${parts} ${microBatches} ${architectureKey(model, vocabSize)}`, () => trainProgram(model, vocabSize, parts, microBatches));
  try {
    const run = startRun(options, parts, lease.session, microBatches);
    while (run.step < toStep) {
      if (options.signal.aborted) {
        const state = await snapshot(options, run);
        yield { kind: 'checkpoint', state };
        return { outcome: { kind: 'interrupted' }, state };
      }
      const learningRate = options.learningRateAt(run.step);
      const measured = await update(options, run, learningRate);
      const reason = divergence(measured);
      if (reason !== null) return { outcome: { kind: 'diverged', step: run.step, reason }, state: null };
      const isLast = run.step === toStep;
      if (isLast || run.step % options.logEverySteps === 0) yield* metrics(run, measured, learningRate);
      yield { kind: 'progress', step: run.step, steps: toStep, loss: measured.total };
      if (!isLast && options.shouldCheckpoint()) yield { kind: 'checkpoint', state: await snapshot(options, run) };
    }
    return { outcome: { kind: 'completed' }, state: await snapshot(options, run) };
  } finally {
    lease.done();
  }
}

/** Where the run stands; the numbers advance with every update. */
interface Run { readonly parts: ObjectiveParts; readonly session: Session; readonly packers: readonly RowPacker[]; step: number; tokensSeen: number }

interface Measured { readonly total: number; readonly gradientNorm: number; readonly pairwise: number | null; readonly lm: number | null; readonly margins: Float32Array | null }

function startRun({ model, state }: TrainOptions, parts: ObjectiveParts, session: Session, microBatches: number): Run {
  const trained = trainedNames(Object.keys(state.parameters), parts);
  const kept = new Set(trained.flatMap((name) => [name, momentNames.first(name), momentNames.second(name)]));
  session.setState(Object.fromEntries(Object.entries(namedTensors(state)).filter(([name]) => kept.has(name))));
  return { parts, session, packers: Array.from({ length: microBatches }, () => new RowPacker(model.contextLength)), step: state.step, tokensSeen: state.tokensSeen };
}

async function update(options: TrainOptions, run: Run, learningRate: number): Promise<Measured> {
  const { model, objective, optimizer } = options;
  const rows = options.batchAt(run.step).map((pair) => rowOf(pair, run.parts));
  const packed = cutIntoMicroBatches(rows, run.packers.length).map((some, index) => (run.packers[index] as RowPacker).pack(some));
  const weights = { ...(run.parts !== 'lm' && { pairwiseWeight: objective.pairwiseWeight }), ...(run.parts !== 'pairwise' && { lmWeight: objective.lmWeight }) };
  const outputs = await run.session.run({ ...trainFeeds(packed, model, run.parts), ...adamWScalars(optimizer, learningRate, run.step), ...weights });
  run.step += 1;
  run.tokensSeen += packed.reduce((tokens, some) => tokens + some.tokens, 0);
  const scalar = (name: string): number => outputs[name]?.[0] ?? NaN;
  return {
    total: scalar('total'), gradientNorm: scalar('gradientNorm'),
    pairwise: run.parts === 'lm' ? null : scalar('pairwise'), lm: run.parts === 'pairwise' ? null : scalar('lm'), margins: run.parts === 'lm' ? null : Float32Array.from(packed.flatMap((_, index) => [...(outputs[numbered('margins', index)] ?? [])])),
  };
}

/** The chosen response comes first; without a pairwise part the rejected one is not read at all. */
function rowOf({ prompt, chosen, rejected }: EncodedPair, parts: ObjectiveParts): Row {
  return { prompt, responses: parts === 'lm' ? [chosen] : [chosen, rejected] };
}

function divergence({ total, gradientNorm }: Measured): string | null {
  if (!Number.isFinite(total)) return `the loss is ${total}`;
  return Number.isFinite(gradientNorm) ? null : `the gradient norm is ${gradientNorm}`;
}

function* metrics(run: Run, measured: Measured, learningRate: number): Generator<TrainEvent> {
  const { pairwise, lm, margins } = measured;
  const values: Readonly<Record<string, number | null>> = {
    'train/loss': measured.total,
    'train/pairwise_loss': pairwise,
    'train/lm_loss': lm,
    // Strict, as in the evaluation: a tie is not a win.
    'train/pairwise_accuracy': margins && margins.filter((margin) => margin > 0).length / margins.length,
    'train/learning_rate': learningRate,
    'train/gradient_norm': measured.gradientNorm,
    'train/tokens_seen': run.tokensSeen,
  };
  for (const [name, value] of Object.entries(values)) if (value !== null) yield { kind: 'metric', step: run.step, name, value };
}

/** Tensors that no part of the objective trains keep their starting values. */
async function snapshot({ model, vocabSize, optimizer, state }: TrainOptions, run: Run): Promise<TrainState> {
  const trained = await run.session.getState();
  return { ...splitNamedTensors({ ...namedTensors(state), ...trained }, stateLayout(model, vocabSize, { trainable: null, optimizer })), step: run.step, tokensSeen: run.tokensSeen };
}
