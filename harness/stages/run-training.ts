/**
 * The training loop inside a stage: events to the journal, resume points into the stage folder, the event loop kept
 * alive.
 */
import { existsSync, rmSync } from 'node:fs';
import path from 'node:path';
import { setImmediate } from 'node:timers/promises';
import {
  objectiveParts,
  readTrainState,
  rowLengths,
  stateLayout,
  trainLoop,
  writeTrainState,
  type StateLayout,
  type BatchOrder,
  type TrainEvent,
  type TrainOptions,
  type TrainResult,
  type TrainState,
} from '../train/index.ts';
import { UserError } from '../spec/user-error.ts';
import type { EncodedPair } from '../data/index.ts';
import { openOrder, writeOrder } from './batch-order.ts';
import type { StageContext } from './stage-kind.ts';

export const resumeFile = 'resume.safetensors';

const logEverySteps = 10;
/** The window in which pairs of similar length go together. */
const typicalBatches = 8;

export interface StageTraining extends Omit<
  TrainOptions,
  'logEverySteps' | 'shouldCheckpoint' | 'signal' | 'sessions' | 'batchAt' | 'typical'
> {
  /** What is trained on, by its row in the input's files. */
  readonly pairs: { at(row: number): EncodedPair };
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
  const { folder } = context;
  await writeOrder(folder, order, options.toStep);
  const written = openOrder(folder);
  try {
    const batchAt = (step: number): readonly EncodedPair[] => written.at(step).map((row) => pairs.at(row));
    const parts = objectiveParts(options.objective);
    // From the whole order, wherever this attempt begins and however far it goes.
    const typical = Array.from({ length: typicalBatches }, (_, step) =>
      rowLengths(
        order.at(step).map((row) => pairs.at(row)),
        parts,
      ),
    );
    return await trainOn(context, { ...options, typical }, batchAt);
  } finally {
    written.close();
  }
}

async function trainOn(
  context: StageContext,
  options: Omit<StageTraining, 'pairs' | 'order'> & Pick<TrainOptions, 'typical'>,
  batchAt: TrainOptions['batchAt'],
): Promise<TrainResult> {
  const { folder, emit, execution, signal } = context;
  const resumePath = path.join(folder, resumeFile);
  const layout = stateLayout(options.model, {
    trainable: options.features?.trainable ?? null,
    optimizer: options.optimizer,
  });
  const state = (await readResumePoint(context, layout, options.toStep)) ?? options.state;
  const clock = new TrainingClock(state.tokensSeen);
  const loop = trainLoop({
    ...options,
    sessions: await context.sessions(),
    batchAt,
    state,
    signal,
    logEverySteps,
    shouldCheckpoint: () => clock.sinceCheckpoint() > execution.checkpointEverySeconds * 1000,
  });
  for (;;) {
    const { value, done } = await loop.next();
    if (done) {
      if (value.outcome.kind !== 'interrupted') rmSync(resumePath, { force: true });
      return value;
    }
    if (value.kind === 'checkpoint') {
      await writeTrainState(resumePath, value.state, layout);
      clock.checkpointed();
    } else await report(value, clock, emit);
  }
}

async function report(
  event: Exclude<TrainEvent, { kind: 'checkpoint' }>,
  clock: TrainingClock,
  emit: StageContext['emit'],
): Promise<void> {
  if (event.kind === 'progress') {
    emit({ ...event, tokensPerSecond: clock.tokensPerSecond });
    // The engine's run blocks; let messages and signals in between two steps.
    return setImmediate();
  }
  emit(event);
  if (event.name === 'train/tokens_seen') clock.sawTokens(event.value);
}

/** Time since the last resume point, and the speed of training between two logged steps. */
class TrainingClock {
  tokensPerSecond: number | null = null;
  #checkpoint = performance.now();
  #logged = performance.now();
  #tokens: number;

  constructor(tokens: number) {
    this.#tokens = tokens;
  }

  sinceCheckpoint(): number {
    return performance.now() - this.#checkpoint;
  }

  checkpointed(): void {
    this.#checkpoint = performance.now();
  }

  sawTokens(tokens: number): void {
    const now = performance.now();
    this.tokensPerSecond = ((tokens - this.#tokens) / (now - this.#logged)) * 1000;
    this.#tokens = tokens;
    this.#logged = now;
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
