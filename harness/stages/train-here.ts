/**
 * The training loop in this process: events to the journal, resume points into the stage folder, the event loop kept
 * alive.
 */
import path from 'node:path';
import { setImmediate } from 'node:timers/promises';
import {
  initialState,
  readTrainState,
  stateLayout,
  trainLoop,
  writeTrainState,
  type SessionCache,
  type StateLayout,
  type TrainEvent,
  type TrainState,
} from '../train/index.ts';
import type { StageRun, StagePlace, TrainedRun, TrainStart } from './compute.ts';
import { clearResumePoint, readResumePoint, resumeFile } from './resume-point.ts';
import { heldState } from './trained-state.ts';

export const logEverySteps = 10;

export async function trainHere(
  place: StagePlace,
  { pairs, rowsAt, start, ...options }: StageRun,
  sessions: SessionCache,
): Promise<TrainedRun> {
  const { folder, emit, execution, signal } = place;
  const resumePath = path.join(folder, resumeFile);
  const layout = stateLayout(options.model, {
    trainable: options.features?.trainable ?? null,
    optimizer: options.optimizer,
  });
  const state = (await readResumePoint(place, layout, options.toStep)) ?? (await stateAt(start, layout));
  const clock = new TrainingClock(state.tokensSeen);
  const loop = trainLoop({
    ...options,
    sessions,
    batchAt: (step) => rowsAt(step).map((row) => pairs.at(row)),
    state,
    signal,
    logEverySteps,
    shouldCheckpoint: () => clock.sinceCheckpoint() > execution.checkpointEverySeconds * 1000,
  });
  for (;;) {
    const { value, done } = await loop.next();
    if (done) {
      if (value.outcome.kind !== 'interrupted') clearResumePoint(folder);
      const { outcome, state: trained } = value;
      return { outcome, state: outcome.kind === 'completed' && trained !== null ? heldState(trained) : null };
    }
    if (value.kind === 'checkpoint') {
      await writeTrainState(resumePath, value.state, layout);
      clock.checkpointed();
    } else await report(value, clock, emit);
  }
}

async function stateAt(start: TrainStart, layout: StateLayout): Promise<TrainState> {
  if (start.kind === 'state') return readTrainState(start.file, layout);
  return initialState(await start.weights.load(), layout);
}

async function report(
  event: Exclude<TrainEvent, { kind: 'checkpoint' }>,
  clock: TrainingClock,
  emit: StagePlace['emit'],
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
