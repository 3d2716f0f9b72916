/**
 * The training loop in this process: events to the journal, resume points into the stage folder, the event loop kept
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
  type SessionCache,
  type StateLayout,
  type TrainEvent,
  type TrainResult,
  type TrainState,
} from '../train/index.ts';
import { UserError } from '../spec/user-error.ts';
import type { StageRun, TrainPlace } from './compute.ts';

/** In the stage's folder; every backend reads and writes it, so that one goes on where another was interrupted. */
export const resumeFile = 'resume.safetensors';

export const logEverySteps = 10;

export async function trainHere(
  place: TrainPlace,
  { pairs, rowsAt, ...options }: StageRun,
  sessions: SessionCache,
): Promise<TrainResult> {
  const { folder, emit, execution, signal } = place;
  const resumePath = path.join(folder, resumeFile);
  const layout = stateLayout(options.model, {
    trainable: options.features?.trainable ?? null,
    optimizer: options.optimizer,
  });
  const state = (await readResumePoint(place, layout, options.toStep)) ?? options.state;
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
  emit: TrainPlace['emit'],
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
  { folder, emit }: TrainPlace,
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
