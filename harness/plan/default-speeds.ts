/**
 * What work takes where nothing comparable was recorded: seconds a stage and seconds a unit of its work. Fitted to the
 * recorded stages of gsm8k.yaml and of the scale.yaml of 0.1.0 (reports/scale-0.1.0) on two cores of an AMD EPYC (two
 * workers with one thread each, beside one another); another machine is told so, and its own records correct it. The
 * fit leaves a median error of 11 %, 33 % at the ninth decile (448 training stages, 663 others). Seconds a stage stand
 * in the stage's own record.
 */
import { stageKind, workUnits, type Work, type WorkUnit } from '../stages/index.ts';

const secondsPerUnit: Readonly<Record<WorkUnit, number>> = {
  gigaflops: 0.012,
  gigabytes: 0.071,
  operations: 4.9e-6,
  pairsMade: 6e-4,
  functionsMade: 6.5e-4,
  functionsRead: 1e-4,
  tokensWritten: 1.4e-4,
};

/** Of a kind that nothing is known of. */
const unknownSeconds = 1;

export function secondsAtDefault(kind: string, work: Work): number {
  const fixed = stageKind(kind)?.fixedSeconds ?? unknownSeconds;
  return fixed + workUnits.reduce((sum, unit) => sum + secondsPerUnit[unit] * (work[unit] ?? 0), 0);
}
