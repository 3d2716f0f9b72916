/**
 * YAML text -> one frozen, fully defaulted `ExperimentSpec`, or ALL its errors with file, line and column. Pure but for
 * `readFile`.
 */
import { readAxes } from './axes.ts';
import { deepFreeze } from './deep-freeze.ts';
import { expandSweep } from './expand-sweep.ts';
import { axisSchema, sweepSchema } from './experiment-schema.ts';
import type { ExperimentFormat, ExperimentSpec } from './format.ts';
import { besides, inFileOrder, locate } from './locate.ts';
import { originsOf, plainValue, type LocatedMap } from './located.ts';
import { readFiles, type MergedFiles, type ReadFile } from './merge-files.ts';
import { applyOverrides } from './overrides.ts';
import { formatPath, hint, type Origin, type Problem, type SpecError } from './problem.ts';
import { brokenRules } from './rules.ts';
import { fieldOf } from './schema-keys.ts';
import { issuesToProblems } from './schema-problems.ts';
import { SectionResolver } from './section-resolver.ts';
import { resolveLocations } from './locations.ts';

/** An experiment file without an error. */
export interface ParsedExperiment {
  readonly ok: true;
  readonly spec: ExperimentSpec;
  /**
   * Printed path (`finetune.samples`, `seeds[0]`) -> where its value is written. Defaults are written nowhere and have
   * none.
   */
  readonly origins: ReadonlyMap<string, Origin>;
  /** File -> text: the experiment itself first, then what it extends. */
  readonly sources: ReadonlyMap<string, string>;
}
export interface RefusedExperiment {
  readonly ok: false;
  readonly errors: readonly SpecError[];
}
/** The experiment, or all that is wrong with its file. */
export type ParseResult = ParsedExperiment | RefusedExperiment;

export interface ParseOptions {
  /** For `extends`: returns a file's text, throws where there is none. */
  readonly readFile: ReadFile;
  /** Command line overrides, `path=value` each. */
  readonly overrides?: readonly string[];
  readonly format: ExperimentFormat;
}

export function parseExperiment(text: string, fileName: string, options: ParseOptions): ParseResult {
  const files = readFiles(text, fileName, options.readFile, options.format.experiment);
  return files.tree === null ? { ok: false, errors: files.errors } : parseTree(files.tree, files, options);
}

function parseTree(written: LocatedMap, files: MergedFiles, { overrides = [], format }: ParseOptions): ParseResult {
  const overridden = applyOverrides(written, overrides, format.experiment);
  const tree = resolveLocations(overridden.tree, format.kinds);
  const { spec, problems } = checkedSpec(plainValue(tree), format, overrides.length > 0);
  const errors = [...overridden.errors, ...errorsIn(files, problems, tree)];
  if (errors.length > 0 || spec === null) return { ok: false, errors };
  return { ok: true, spec: deepFreeze(spec), origins: originsOf(tree), sources: files.sources };
}

/** Errors of reading the files and of what they say, in the order of the files. */
function errorsIn(
  { errors, sources }: MergedFiles,
  problems: readonly Problem[],
  tree: LocatedMap,
): readonly SpecError[] {
  const located = besides(locate(problems, tree, sources), errors);
  return inFileOrder([...errors, ...located], sources);
}

interface Checked {
  /** null where the schema refuses the value. */
  readonly spec: ExperimentSpec | null;
  readonly problems: readonly Problem[];
}

/** @param isRestricted Whether overrides may have removed axis values that `exclude` names. */
function checkedSpec(value: unknown, format: ExperimentFormat, isRestricted: boolean): Checked {
  const parsed = format.experiment.safeParse(value);
  const own = [...ownRules(value, format), ...duplicateSeeds(value)];
  if (!parsed.success) {
    const schema = issuesToProblems(parsed.error.issues, { root: format.experiment, value, prefix: [] });
    return { spec: null, problems: [...schema, ...own, ...axisProblems(value, format)] };
  }
  const spec = parsed.data as ExperimentSpec;
  return { spec, problems: [...own, ...expandSweep(spec, format, { isRestricted }).problems] };
}

/**
 * Rules on the experiment as written. Sections with errors of their own are left out, so that both kinds of error are
 * reported at once.
 */
function ownRules(value: unknown, format: ExperimentFormat): readonly Problem[] {
  const written = typeof value === 'object' && value !== null ? value : {};
  const { spec } = new SectionResolver(written, format).resolve([]);
  return brokenRules(spec, format.kinds).map(({ fields, expected, found, suggestion }) => ({
    at: (fields[0] ?? '').split('.'),
    path: fields[0] ?? '',
    expected,
    found,
    ...hint(suggestion ?? null),
  }));
}

function duplicateSeeds(value: unknown): readonly Problem[] {
  const seeds = fieldOf(value, 'seeds');
  if (!Array.isArray(seeds)) return [];
  return seeds.flatMap((seed: unknown, index) => {
    const at = ['seeds', index];
    if (seeds.indexOf(seed) === index) return [];
    return [{ at, path: formatPath(at), expected: 'each seed once', found: `${String(seed)} again` }];
  });
}

/**
 * With errors elsewhere the sweep cannot be expanded; the paths of those axes that are well-formed can still be
 * checked.
 */
function axisProblems(value: unknown, format: ExperimentFormat): readonly Problem[] {
  const axes = fieldOf(fieldOf(value, 'sweep'), 'axes');
  const wellFormed = Object.entries(typeof axes === 'object' && axes !== null ? axes : {}).filter(
    ([, axis]) => axisSchema.safeParse(axis).success,
  );
  return readAxes(sweepSchema.parse({ axes: Object.fromEntries(wellFormed) }), format).problems;
}
