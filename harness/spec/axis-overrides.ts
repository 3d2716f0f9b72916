/** Overrides that concern an axis: `-s sweep.axes.task=algebra`, and paths that an axis sets already. */
import { entryAt, plainValue, withEntry, type Located, type LocatedMap } from './located.ts';
import type { SpecError } from './problem.ts';
import { listOf, refuse, type Override } from './read-override.ts';
import { didYouMean } from './suggest.ts';
import { overlaps } from './trial-path.ts';

export const axesPrefix = 'sweep.axes.';

/** An axis of a path takes the values given; an axis of cases keeps those named. */
export function restrictAxis(tree: LocatedMap, override: Override): LocatedMap | readonly SpecError[] {
  const name = override.name.slice(axesPrefix.length);
  const axis = entryAt(tree, ['sweep', 'axes', name]);
  if (axis === undefined) return unknownAxis(tree, name, override);
  const restricted = axis.kind === 'map' ? keptCases(axis, override) : listOf(override);
  return 'kind' in restricted ? withEntry(tree, ['sweep', 'axes', name], restricted) : restricted;
}

function unknownAxis(tree: LocatedMap, name: string, override: Override): readonly SpecError[] {
  const axes = entryAt(tree, ['sweep', 'axes']);
  const names = axes?.kind === 'map' ? [...axes.entries.keys()] : [];
  const expected = names.length === 0 ? 'an axis, and the experiment has none' : `one of the axes ${names.join(', ')}`;
  return refuse(override, expected, name, didYouMean(name, names));
}

function keptCases(axis: LocatedMap, override: Override): Located | readonly SpecError[] {
  const cases = [...axis.entries.keys()];
  const wanted = override.values.map((value) => String(plainValue(value)));
  const unknown = wanted.find((value) => !cases.includes(value));
  if (unknown !== undefined)
    return refuse(override, `one of the cases ${cases.join(', ')}`, unknown, didYouMean(unknown, cases));
  const kept = wanted.flatMap((value) => {
    const entry = axis.entries.get(value);
    return entry === undefined ? [] : [[value, entry] as const];
  });
  return { ...axis, entries: new Map(kept) };
}

/** The axis that would overwrite this path, or null. */
export function axisSetting(tree: LocatedMap, path: string): string | null {
  const axes = entryAt(tree, ['sweep', 'axes']);
  if (axes?.kind !== 'map') return null;
  const owner = [...axes.entries].find(([name, { value }]) =>
    pathsSetBy(name, value).some((other) => overlaps(other, path)),
  );
  return owner?.[0] ?? null;
}

function pathsSetBy(name: string, axis: Located): readonly string[] {
  if (axis.kind !== 'map') return [name];
  return [...axis.entries.values()].flatMap(({ value }) => (value.kind === 'map' ? [...value.entries.keys()] : []));
}
