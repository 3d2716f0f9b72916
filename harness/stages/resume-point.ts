/**
 * Where a training stage goes on after an interruption: a training state in the stage's folder, which every backend
 * reads and writes, so that one goes on where another was interrupted.
 */
import { existsSync, rmSync } from 'node:fs';
import path from 'node:path';
import { UserError } from '../spec/user-error.ts';
import {
  describeTrainState,
  readTrainState,
  type StateLayout,
  type TrainProgress,
  type TrainState,
} from '../train/index.ts';
import type { StagePlace } from './compute.ts';

export const resumeFile = 'resume.safetensors';

export function clearResumePoint(folder: string): void {
  rmSync(path.join(folder, resumeFile), { force: true });
}

export interface ResumePoint extends TrainProgress {
  readonly file: string;
}

/** The resume point in memory. */
export async function readResumePoint(
  place: StagePlace,
  layout: StateLayout,
  toStep: number,
): Promise<TrainState | null> {
  const found = findResumePoint(place, layout, toStep);
  return found === null ? null : readTrainState(found.file, layout);
}

/**
 * A resume point that cannot be read costs the attempt's work, never the stage: it is noted and training starts over.
 */
export function findResumePoint({ folder, emit }: StagePlace, layout: StateLayout, toStep: number): ResumePoint | null {
  const file = path.join(folder, resumeFile);
  if (!existsSync(file)) return null;
  try {
    const progress = describeTrainState(file, layout);
    if (progress.step > toStep) return null;
    // The journal fills in the attempt's number and time.
    emit({ kind: 'attempt', attempt: 0, startedAt: '', resumedFromStep: progress.step });
    return { file, ...progress };
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    emit({ kind: 'note', text: `the resume point is damaged and is not used: ${error.message}` });
    clearResumePoint(folder);
    return null;
  }
}
