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
      .map((key) => `${key}${is}${declared[key] ?? 'none'}`)
      .join(also);
}

const is = ' = ';
const also = ', ';

/** Axis -> value, of a variant as it is named. */
function valuesOf(variant: string): ReadonlyMap<string, string> {
  const parts = variant === '' ? [] : variant.split(also);
  return new Map(parts.map((part) => part.split(is) as [string, string]));
}

/** Whether an arm of this variant stands beside the other: where it varies, it does as the other one. */
export function standsBeside(variant: string, other: string): boolean {
  const others = valuesOf(other);
  return [...valuesOf(variant)].every(([axis, value]) => others.get(axis) === value);
}

/** The axes in which every one of the arms varies; none where one of them does not vary at all. */
export function sharedAxes(points: readonly { readonly arm: string; readonly variant: string }[]): readonly string[] {
  const axesOfArm = groupBy(points, ({ arm }) => arm).map(
    (own) => new Set(own.flatMap(({ variant }) => [...valuesOf(variant).keys()])),
  );
  const [first, ...others] = axesOfArm;
  return [...(first ?? [])].filter((axis) => others.every((axes) => axes.has(axis)));
}

/** A variant in two parts: what it has at these axes, and the rest. */
export function withoutShared(
  variant: string,
  axes: readonly string[],
): { readonly shared: string; readonly rest: string } {
  const parts = [...valuesOf(variant)];
  const named = (isShared: boolean): string =>
    parts
      .filter(([axis]) => axes.includes(axis) === isShared)
      .map(([axis, value]) => `${axis}${is}${value}`)
      .join(also);
  return { shared: named(true), rest: named(false) };
}

/** The axes in which any of the variants varies. */
export const axesOf = (variants: readonly string[]): readonly string[] =>
  unique(variants.flatMap((variant) => [...valuesOf(variant).keys()]));

/** Whether it has these values at these axes; an axis in which its arm does not vary is left open. */
export function isVariant(variant: string, values: Readonly<Record<string, unknown>>): boolean {
  return [...valuesOf(variant)].every(([axis, value]) => !(axis in values) || String(values[axis]) === value);
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
