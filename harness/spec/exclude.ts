/** `sweep.exclude`: rules that leave points out, by the author's own axes and by the canonical ones. */
import type { Label } from './axis.ts';
import type { SweepSpec } from './experiment-schema.ts';
import { fieldOf } from './schema-keys.ts';
import { formatPath, hint, type Path, type Problem } from './problem.ts';
import { didYouMean } from './suggest.ts';
import type { DraftPoint } from './sweep-point.ts';
import { canonicalAxisNames } from './trial-spec.ts';

export interface ExcludeRule {
  readonly index: number;
  readonly text: string;
  /** Values are text: the label 64 and the value 64 are one. */
  readonly conditions: readonly { readonly axis: string; readonly values: readonly string[] }[];
}

export interface LeftOutPoint {
  readonly axes: Readonly<Record<string, Label>>;
  readonly rule: string;
}

export function readExclude(sweep: SweepSpec, problems: Problem[]): readonly ExcludeRule[] {
  const known = [...Object.keys(sweep.axes), ...canonicalAxisNames, 'seed'];
  return sweep.exclude.map((entry, index) => {
    problems.push(...entryProblems(Object.keys(entry), known, ['sweep', 'exclude', index]));
    const conditions = Object.entries(entry).map(([axis, written]) => ({ axis, values: [written].flat().map(String) }));
    return { index, conditions, text: `exclude[${index}]: ${conditionsInWords(conditions)}` };
  });
}

function conditionsInWords(conditions: ExcludeRule['conditions']): string {
  return conditions.map(({ axis, values }) => `${axis} = ${values.join(' or ')}`).join(', ');
}

function entryProblems(axes: readonly string[], known: readonly string[], entry: Path): readonly Problem[] {
  if (axes.length === 0) {
    const found = 'an empty map, which would leave out everything';
    return [{ at: entry, path: formatPath(entry), expected: 'at least one axis', found }];
  }
  return axes
    .filter((axis) => !known.includes(axis))
    .map((axis) => ({
      at: [...entry, axis],
      atKey: true,
      path: formatPath([...entry, axis]),
      expected: `one of the axes ${known.join(', ')}`,
      found: axis,
      ...hint(didYouMean(axis, known)),
    }));
}

export interface Split {
  /** Without the seeds that are left out. */
  readonly kept: readonly DraftPoint[];
  readonly excluded: readonly LeftOutPoint[];
}

/** Splits drafts into those that remain and those left out, with the rule that does it. */
export function applyExclude(
  drafts: readonly DraftPoint[],
  rules: readonly ExcludeRule[],
  seeds: readonly number[],
): Split {
  const excluded: LeftOutPoint[] = [];
  const kept = drafts.flatMap((point) => {
    const matching = rules.filter((rule) => matches(rule, point));
    const whole = matching.find(leavesOutWhole);
    if (whole) excluded.push({ axes: { ...point.declared }, rule: whole.text });
    return whole ? [] : withoutSeeds(point, matching, seeds, excluded);
  });
  return { kept, excluded };
}

function leavesOutWhole({ conditions }: ExcludeRule): boolean {
  return conditions.every(({ axis }) => axis !== 'seed');
}

function withoutSeeds(
  point: DraftPoint,
  rules: readonly ExcludeRule[],
  seeds: readonly number[],
  excluded: LeftOutPoint[],
): readonly DraftPoint[] {
  const bySeed = new Map(rules.flatMap((rule) => seedsOf(rule, seeds).map((seed) => [seed, rule.text] as const)));
  for (const [seed, rule] of bySeed) excluded.push({ axes: { ...point.declared, seed }, rule });
  return bySeed.size === seeds.length ? [] : [{ ...point, excludedSeeds: new Set(bySeed.keys()) }];
}

function matches({ conditions }: ExcludeRule, point: DraftPoint): boolean {
  return conditions.every(({ axis, values }) => axis === 'seed' || values.includes(String(valueOf(point, axis))));
}

/** Declared labels stand before canonical axes of the same name. */
function valueOf(point: DraftPoint, axis: string): unknown {
  return fieldOf(point.declared, axis) ?? fieldOf(point.axes, axis);
}

function seedsOf(rule: ExcludeRule, seeds: readonly number[]): readonly number[] {
  const wanted = new Set(rule.conditions.flatMap(({ axis, values }) => (axis === 'seed' ? values : [])));
  return seeds.filter((seed) => wanted.has(String(seed)));
}

/** Values named by a rule that no point takes. */
export function unknownExcludeValues(
  rules: readonly ExcludeRule[],
  drafts: readonly DraftPoint[],
  seeds: readonly number[],
): readonly Problem[] {
  return rules.flatMap(({ index, conditions }) =>
    conditions.flatMap(({ axis, values }) => {
      const taken = axis === 'seed' ? seeds.map(String) : drafts.map((point) => String(valueOf(point, axis)));
      const known = [...new Set(taken)];
      const at = ['sweep', 'exclude', index, axis];
      return values.filter((value) => !known.includes(value)).map((value) => unknownValue(value, axis, known, at));
    }),
  );
}

function unknownValue(found: string, axis: string, known: readonly string[], at: Path): Problem {
  const expected = `a value that ${axis} takes: ${known.join(', ')}`;
  return { at, path: formatPath(at), expected, found, ...hint(didYouMean(found, known)) };
}
