/**
 * What work takes where nothing comparable was recorded: seconds a stage and seconds a unit of its work. Fitted to the
 * recorded stages of scale.yaml and gsm8k.yaml on two cores of an AMD EPYC (two workers with one thread each, beside
 * one another); another machine is told so, and its own records correct it.
 */
import type { StageKind } from './stage.ts';

/** Units of work: what the seconds of a stage grow with. */
export const workUnits = [
  'gigaflops',
  'gigabytes',
  'operations',
  'pairsMade',
  'functionsMade',
  'functionsRead',
] as const;
export type WorkUnit = (typeof workUnits)[number];
export type Work = Readonly<Partial<Record<WorkUnit, number>>>;

export interface Speeds {
  readonly secondsPerStage: Readonly<Record<StageKind, number>>;
  readonly secondsPer: Readonly<Record<WorkUnit, number>>;
}

/** The fit leaves a median error of 11 %, 33 % at the ninth decile (448 training stages, 663 others). */
export const defaultSpeeds: Speeds = {
  secondsPerStage: {
    corpus: 2,
    tokenizer: 0.1,
    pairs: 0.3,
    task: 0.7,
    pretrain: 0.2,
    decay: 0.1,
    finetune: 0.25,
    baseline: 0.06,
    evaluate: 0.03,
    select: 0.02,
  },
  secondsPer: {
    /** Matrix products, forward and backward. */
    gigaflops: 0.012,
    /** Values read and written by the operations of a program, counted from its graph. */
    gigabytes: 0.071,
    /** Operations of the programs that run. */
    operations: 4.9e-6,
    pairsMade: 3.5e-4,
    functionsMade: 4e-4,
    functionsRead: 1e-4,
  },
};

export function secondsAtDefault(kind: StageKind, work: Work, speeds: Speeds = defaultSpeeds): number {
  return (
    speeds.secondsPerStage[kind] + workUnits.reduce((sum, unit) => sum + speeds.secondsPer[unit] * (work[unit] ?? 0), 0)
  );
}
