/**
 * The training loop inside a stage: events to the journal, resume points into the stage folder, the event loop kept
 * alive.
 */
import { existsSync, rmSync } from 'node:fs';
import path from 'node:path';
import { setImmediate } from 'node:timers/promises';
import {
  readTrainState,
  stateLayout,
  trainLoop,
  writeTrainState,
  type StateLayout,
  type BatchOrder,
  type TrainOptions,
  type TrainResult,
  type TrainState,
} from '../train/index.ts';
import { UserError } from '../spec/user-error.ts';
import type { EncodedPair } from '../data/index.ts';
import { readOrder, writeOrder } from './batch-order.ts';
import type { StageContext } from './stage-kind.ts';

export const resumeFile = 'resume.safetensors';

const logEverySteps = 10;

export interface StageTraining extends Omit<
  TrainOptions,
  'logEverySteps' | 'shouldCheckpoint' | 'signal' | 'sessions' | 'batchAt'
> {
  /** What is trained on, as it stands in the input's file. */
  readonly pairs: readonly EncodedPair[];
  /** Rows of `pairs` by step. */
  readonly order: Pick<BatchOrder, 'at'>;
}

/**
 * Trains to `toStep`, from the resume point of an interrupted attempt where there is one (resuming is exact, so when it
 * was taken does not matter).
 */
export async function runTraining(
  context: StageContext,
  { pairs, order, ...options }: StageTraining,
): Promise<TrainResult> {
  const { folder, emit, execution, signal } = context;
  writeOrder(folder, order, options.toStep);
  const batchOf = readOrder(folder);
  const resumePath = path.join(folder, resumeFile);
  const layout = stateLayout(options.model, {
    trainable: options.features?.trainable ?? null,
    optimizer: options.optimizer,
  });
  const state = (await readResumePoint(context, layout, options.toStep)) ?? options.state;
  const clock = {
    checkpoint: performance.now(),
    speed: performance.now(),
    tokens: state.tokensSeen,
    tokensPerSecond: null as number | null,
  };
  const loop = trainLoop({
    ...options,
    sessions: await context.sessions(),
    batchAt: (step) => batchOf(step).map((row) => pairs[row] as EncodedPair),
    state,
    signal,
    logEverySteps,
    shouldCheckpoint: () => performance.now() - clock.checkpoint > execution.checkpointEverySeconds * 1000,
  });
  for (;;) {
    const { value, done } = await loop.next();
    if (done) {
      if (value.outcome.kind !== 'interrupted') rmSync(resumePath, { force: true });
      return value;
    }
    if (value.kind === 'checkpoint') {
      await writeTrainState(resumePath, value.state, layout);
      clock.checkpoint = performance.now();
    } else if (value.kind === 'progress') {
      emit({ ...value, tokensPerSecond: clock.tokensPerSecond });
      // The engine's run blocks; let messages and signals in between two steps.
      await setImmediate();
    } else {
      emit(value);
      if (value.name === 'train/tokens_seen') {
        const now = performance.now();
        clock.tokensPerSecond = ((value.value - clock.tokens) / (now - clock.speed)) * 1000;
        clock.tokens = value.value;
        clock.speed = now;
      }
    }
  }
}

/**
 * A resume point that cannot be read costs the attempt's work, never the stage: it is noted and training starts over.
 */
async function readResumePoint(
  { folder, emit }: StageContext,
  layout: StateLayout,
  toStep: number,
): Promise<TrainState | null> {
  const file = path.join(folder, resumeFile);
  if (!existsSync(file)) return null;
  try {
    const state = await readTrainState(file, layout);
    if (state.step > toStep) return null;
    // The journal fills in the attempt's number and time.
    emit({ kind: 'attempt', attempt: 0, startedAt: '', resumedFromStep: state.step });
    return state;
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    emit({ kind: 'note', text: `the resume point is damaged and is not used: ${error.message}` });
    rmSync(file, { force: true });
    return null;
  }
}
