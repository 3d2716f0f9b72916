/**
 * Axes outside the canonical ones (an ablation of the objective, say) must not be averaged over as if they were seeds.
 * An author's axis is one where trials of an arm share all canonical axes and the seed, yet differ in it; its values
 * name the variant.
 */
import type { Arm } from '../kinds/arms.ts';
import type { TrialResult } from '../record/trial-result.ts';
import { UserError } from '../spec/user-error.ts';
import { groupBy, unique } from './distinct.ts';

/** Throws UserError (exit 4) for two trials that differ in nothing. */
export function variantNamer(
  trials: readonly TrialResult[],
  armNamed: (id: string) => Arm,
): (trial: TrialResult) => string {
  const keysOfArm = new Map<string, Set<string>>();
  const place = ({ task, model, arm, pretrainPairs, samples, seed }: TrialResult): string =>
    JSON.stringify([task, model, armNamed(arm).id, pretrainPairs, samples, seed]);
  for (const group of groupBy(trials, place)) {
    const { id } = armNamed(group[0].arm);
    keysOfArm.set(id, new Set([...(keysOfArm.get(id) ?? []), ...differingKeys(group)]));
  }
  return ({ arm, declared }) =>
    [...(keysOfArm.get(armNamed(arm).id) ?? [])]
      .toSorted()
      .map((key) => `${key} = ${declared[key] ?? 'none'}`)
      .join(', ');
}

function differingKeys(group: readonly TrialResult[]): readonly string[] {
  const keys = unique(group.flatMap((trial) => Object.keys(trial.declared)));
  const differing = keys.filter((key) => unique(group.map((trial) => trial.declared[key])).length > 1);
  if (group.length === 1 || differing.length > 0) return differing;
  throw new UserError(
    `trials ${group.map((trial) => trial.trialId).join(' and ')} stand at the same point of the sweep with ` +
      `the same seed`,
    { exitCode: 4, hint: 'Rebuild the database from the files: harness collect --rebuild' },
  );
}
