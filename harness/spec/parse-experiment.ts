/**
 * YAML text -> one frozen, fully defaulted `ExperimentSpec`, or ALL its errors with file, line and column. Pure but for
 * `readFile`.
 */
import { readAxes } from './axes.ts';
import { deepFreeze } from './deep-freeze.ts';
import { expandSweep } from './expand-sweep.ts';
import { axisSchema, experimentSchema, sweepSchema, type ExperimentSpec } from './experiment-schema.ts';
import { besides, inFileOrder, locate } from './locate.ts';
import { originsOf, plainValue } from './located.ts';
import { readFiles, type ReadFile } from './merge-files.ts';
import { applyOverrides } from './overrides.ts';
import { formatPath, hint, type Origin, type Problem, type SpecError } from './problem.ts';
import { brokenRules } from './rules.ts';
import { fieldOf } from './schema-keys.ts';
import { issuesToProblems } from './schema-problems.ts';
import { sectionNames, sectionSchemas, type TrialSpec } from './trial-spec.ts';

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
export type ParseResult = ParsedExperiment | RefusedExperiment;

export interface ParseOptions {
  /** For `extends`: returns a file's text, throws where there is none. */
  readonly readFile: ReadFile;
  /** Command line overrides, `path=value` each. */
  readonly overrides?: readonly string[];
}

export function parseExperiment(
  text: string,
  fileName: string,
  { readFile, overrides = [] }: ParseOptions,
): ParseResult {
  const files = readFiles(text, fileName, readFile);
  if (files.tree === null) return { ok: false, errors: files.errors };
  const overridden = applyOverrides(files.tree, overrides);
  const value = plainValue(overridden.tree);
  const parsed = experimentSchema.safeParse(value);
  const schemaErrors = parsed.success
    ? []
    : issuesToProblems(parsed.error.issues, { root: experimentSchema, value, prefix: [] });
  const whole = parsed.success ? expansionProblems(parsed.data, overrides.length > 0) : axisProblems(value);
  const problems = [...schemaErrors, ...ownRules(value), ...duplicateSeeds(value), ...whole];
  const located = besides(locate(problems, overridden.tree, files.sources), files.errors);
  const errors = [...overridden.errors, ...inFileOrder([...files.errors, ...located], files.sources)];
  if (errors.length > 0 || !parsed.success) return { ok: false, errors };
  return { ok: true, spec: deepFreeze(parsed.data), origins: originsOf(overridden.tree), sources: files.sources };
}

/**
 * Rules on the experiment as written; sections with errors of their own are left out, so that both kinds of error are
 * told at once.
 */
function ownRules(value: unknown): readonly Problem[] {
  const sections = sectionNames.flatMap((name) => {
    const parsed = sectionSchemas[name].safeParse(fieldOf(value, name));
    return parsed.success ? [[name, parsed.data] as const] : [];
  });
  return brokenRules(Object.fromEntries(sections) as Partial<TrialSpec>).map(
    ({ fields, expected, found, suggestion }) => ({
      at: (fields[0] ?? '').split('.'),
      path: fields[0] ?? '',
      expected,
      found,
      ...hint(suggestion ?? null),
    }),
  );
}

function duplicateSeeds(value: unknown): readonly Problem[] {
  const seeds = fieldOf(value, 'seeds');
  if (!Array.isArray(seeds)) return [];
  return seeds.flatMap((seed: unknown, index) =>
    seeds.indexOf(seed) === index
      ? []
      : [
          {
            at: ['seeds', index],
            path: formatPath(['seeds', index]),
            expected: 'each seed once',
            found: `${String(seed)} again`,
          },
        ],
  );
}

function expansionProblems(spec: ExperimentSpec, isRestricted: boolean): readonly Problem[] {
  return expandSweep(spec, { isRestricted }).problems;
}

/**
 * With errors elsewhere the sweep cannot be expanded; the paths of those axes that are well-formed can still be
 * checked.
 */
function axisProblems(value: unknown): readonly Problem[] {
  const axes = fieldOf(fieldOf(value, 'sweep'), 'axes');
  const wellFormed = Object.entries(typeof axes === 'object' && axes !== null ? axes : {}).filter(
    ([, axis]) => axisSchema.safeParse(axis).success,
  );
  return readAxes(sweepSchema.parse({ axes: Object.fromEntries(wellFormed) })).problems;
}
