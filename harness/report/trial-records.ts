/** Every trial of the plan with all that its page shows of it. */
import type { TrialDetails } from '../record/trial-result.ts';
import type { Arm } from '../kinds/arms.ts';
import { armLabel } from './format.ts';
import type { RecordedInput } from './report-input.ts';
import type { TrialRecord } from './report-types.ts';
import type { ExperimentView } from './view.ts';

export function trialRecords(
  { trials, details = [] }: RecordedInput,
  { cells }: ExperimentView,
  armNamed: (id: string) => Arm,
): readonly TrialRecord[] {
  const headlines = new Map(cells.map(({ task, headline }) => [task, headline]));
  const known = new Map(details.map((one): [string, TrialDetails] => [one.trialId, one]));
  return trials.flatMap((trial) => {
    const { trialId, task, model, samples, seed, outcome, cause, choices, metrics, pretrainPairs } = trial;
    const headline = headlines.get(task);
    if (headline === undefined) return [];
    const arm = armLabel({ arm: armNamed(trial.arm), pretrainPairs, variant: '' }, true);
    const { stages = [], curves = [] } = known.get(trialId) ?? {};
    return [{ trialId, task, model, samples, seed, outcome, cause, choices, metrics, arm, headline, stages, curves }];
  });
}
