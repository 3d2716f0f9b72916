/** `select` as written -> the assignments of `at`, and every combination of `over`. */
import type { SelectSpec, SweepSpec } from './experiment-schema.ts';
import type { Json, Scalar } from './located.ts';
import { formatPath, hint, type Path, type Problem } from './problem.ts';
import type { Assignment } from './section-resolver.ts';
import { didYouMean } from './suggest.ts';
import type { CanonicalAxes } from './trial-spec.ts';
import { knownSection, overlaps, type Checking } from './trial-path.ts';

/** One value for each path of `over`. */
export interface Combination {
  readonly values: Readonly<Record<string, Scalar>>;
  readonly assignments: readonly Assignment[];
}

export interface ReadSelect {
  /** Canonical axes, or the author's own. */
  readonly by: SelectSpec['by'];
  readonly seeds: readonly number[];
  readonly at: readonly Assignment[];
  readonly combinations: readonly Combination[];
  /** `at` with the budget in one unit, made once each: assignments are memory keys. */
  readonly atBudget: Map<string, readonly Assignment[]>;
}

export function readSelect(select: SelectSpec, sweep: SweepSpec, checking: Checking): ReadSelect {
  const at = Object.entries(select.at).flatMap(([path, value]) =>
    assignment(path, value, ['select', 'at', path], checking),
  );
  const choices = readOver(select, sweep, checking);
  const seeds = [select.seed].flat();
  checking.problems.push(
    ...nothingToChoose(choices),
    ...repeatedAxis(select.by),
    ...unknownAxes(select.by, sweep),
    ...repeatedSeed(seeds),
  );
  return { by: select.by, seeds, at, combinations: combinationsOf(choices), atBudget: new Map() };
}

/** A path of `over`, and the values to choose from. */
interface Choice {
  readonly path: string;
  readonly options: readonly Assignment[];
}

function readOver(select: SelectSpec, sweep: SweepSpec, checking: Checking): readonly Choice[] {
  const swept = sweptPaths(sweep);
  return Object.entries(select.over).map(([path, values]) => {
    checking.problems.push(...overProblems(path, swept, Object.keys(select.at)));
    const key = ['select', 'over', path];
    return { path, options: values.flatMap((value, index) => assignment(path, value, [...key, index], checking, key)) };
  });
}

function sweptPaths({ axes }: SweepSpec): readonly string[] {
  return Object.entries(axes).flatMap(([name, axis]) =>
    Array.isArray(axis) ? [name] : Object.values(axis).flatMap((one) => Object.keys(one as object)),
  );
}

function assignment(
  path: string,
  value: Json,
  at: Path,
  { problems, format }: Checking,
  keyAt: Path = at,
): readonly Assignment[] {
  // The same path several times (one a value of `over`) is one problem, at the key.
  const known: Problem[] = [];
  const section = knownSection(path, keyAt, { problems: known, format });
  if (section !== null) return [{ section, path: path.split('.').slice(1), value, at }];
  if (!problems.some((problem) => formatPath(problem.at) === formatPath(keyAt))) problems.push(...known);
  return [];
}

function overProblems(path: string, swept: readonly string[], at: readonly string[]): readonly Problem[] {
  if (!isTunable(path)) return [overProblem(path, 'paths of finetune (but its samples): only finetuning is tuned')];
  const axis = overlapping(path, swept);
  if (axis !== undefined) {
    const found = `${path}, which an axis sets (${axis})`;
    return [overProblem(path, 'paths that no axis sets', found, 'either sweep it or let it be chosen')];
  }
  return overlapping(path, at) === undefined ? [] : [overProblem(path, 'paths that select.at does not set')];
}

function overProblem(path: string, expected: string, found = path, suggestion: string | null = null): Problem {
  return { at: ['select', 'over', path], atKey: true, path: 'select.over', expected, found, ...hint(suggestion) };
}

function isTunable(path: string): boolean {
  return path.split('.')[0] === 'finetune' && path !== 'finetune' && path !== 'finetune.samples';
}

/** The first of the other paths that is this one, above it or below it. */
function overlapping(path: string, others: readonly string[]): string | undefined {
  return others.find((other) => overlaps(path, other));
}

function nothingToChoose(choices: readonly Choice[]): readonly Problem[] {
  if (choices.length > 0) return [];
  const expected = 'at least one path to choose';
  return [{ at: ['select', 'over'], path: 'select.over', expected, found: 'an empty map' }];
}

function repeatedAxis(by: SelectSpec['by']): readonly Problem[] {
  const repeated = by.find((axis, index) => by.indexOf(axis) !== index);
  if (repeated === undefined) return [];
  return [{ at: ['select', 'by'], path: 'select.by', expected: 'each axis once', found: `${repeated} again` }];
}

/** Axes of every sweep that a choice can be made by. */
export const tunedBy = ['model', 'arm', 'task', 'pretrainPairs'] as const satisfies readonly (keyof CanonicalAxes)[];

function unknownAxes(by: SelectSpec['by'], { axes }: SweepSpec): readonly Problem[] {
  const known = [...tunedBy, ...Object.keys(axes)];
  return by.flatMap((axis, index): readonly Problem[] => {
    if (known.includes(axis)) return [];
    const expected = `one of ${known.join(', ')}`;
    const at = ['select', 'by', index];
    return [{ at, path: 'select.by', expected, found: axis, ...hint(didYouMean(axis, known)) }];
  });
}

function repeatedSeed(seeds: readonly number[]): readonly Problem[] {
  const repeated = seeds.find((seed, index) => seeds.indexOf(seed) !== index);
  if (repeated === undefined) return [];
  return [{ at: ['select', 'seed'], path: 'select.seed', expected: 'each seed once', found: `${repeated} again` }];
}

/** The product of all choices; the last path varies fastest. */
function combinationsOf(choices: readonly Choice[]): readonly Combination[] {
  return choices.reduce<readonly Combination[]>(
    (all, choice) => all.flatMap((one) => extended(one, choice)),
    [{ values: {}, assignments: [] }],
  );
}

function extended({ values, assignments }: Combination, { path, options }: Choice): readonly Combination[] {
  return options.map((option) => ({
    values: { ...values, [path]: option.value as Scalar },
    assignments: [...assignments, option],
  }));
}
