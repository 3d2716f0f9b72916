/** Numbers that cannot be true must never reach a figure. */
import type { Metric } from '../kinds/metrics.ts';
import type { TrialResult } from '../record/trial-result.ts';
import { UserError } from '../spec/user-error.ts';

/** Throws UserError (exit 4) for a metric that is not finite, and for a share outside [0, 1]. */
export function checkTrials(trials: readonly TrialResult[], metricOf: (name: string) => Metric): void {
  for (const { trialId, metrics } of trials) {
    for (const [name, value] of Object.entries(metrics)) {
      const problem = problemOf(value, metricOf(name));
      if (problem === null) continue;
      throw new UserError(`trial ${trialId}: metric ${name} is ${value}, ${problem}`, {
        exitCode: 4,
        hint:
          `Rebuild the database from the files: harness collect --rebuild. ` +
          `If the number stays, the stage that wrote it is wrong: harness show ${trialId}`,
      });
    }
  }
}

function problemOf(value: number, { unit }: Metric): string | null {
  if (unit === 'share') return value >= 0 && value <= 1 ? null : 'not a share between 0 and 1';
  return Number.isFinite(value) ? null : 'not a finite number';
}
