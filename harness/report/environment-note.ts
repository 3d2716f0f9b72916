/** Points of a curve that other code or another processor computed differ by more than what the experiment varies. */
import { groupBy, unique } from './distinct.ts';
import type { RecordedInput } from './report-input.ts';

const shown = 4;

/** Of the trials that are compared; a curve has those of one model, arm and task. */
export function environmentNote({ trials, environments = [] }: RecordedInput): readonly string[] {
  const ofTrial = new Map(environments.map(({ trialId, environments: own }) => [trialId, own]));
  const curves = groupBy(
    trials.filter(({ outcome }) => outcome === 'completed'),
    ({ model, arm, task }) => JSON.stringify([model, arm, task]),
  );
  const all = curves.map((curve) => unique(curve.flatMap(({ trialId }) => ofTrial.get(trialId) ?? [])));
  const mixed = all.filter((found) => found.length > 1);
  if (mixed.length === 0) return [];
  const found = unique(mixed.flat()).toSorted();
  const names = found.length > shown ? [...found.slice(0, shown), `${found.length - shown} more`] : found;
  return [
    `Mixed environments within ${mixed.length} of ${all.length} curves: ${names.join('; ')}. ` +
      'Their points may differ by more than what the experiment varies.',
  ];
}
