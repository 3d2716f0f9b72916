/** The section `task` by itself: of a file that has no more, or of fields on the command line. */
import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { deepFreeze } from './deep-freeze.ts';
import { expandSweep } from './expand-sweep.ts';
import { formatSpecErrors } from './format-errors.ts';
import type { ExperimentFormat, ExperimentSpec } from './format.ts';
import type { TaskSpec } from './kind.ts';
import { locate } from './locate.ts';
import { resolveLocations } from './locations.ts';
import { plainValue, type LocatedMap } from './located.ts';
import { readFiles, type MergedFiles } from './merge-files.ts';
import { applyOverrides } from './overrides.ts';
import { hint, type Problem, type SpecError } from './problem.ts';
import { brokenRules } from './rules.ts';
import { schemaProblems } from './schema-problems.ts';
import { UserError } from './user-error.ts';

/**
 * @param text YAML with a key `task`, and perhaps `plugins`.
 * @param overrides `task.field=value` each.
 * @throws UserError (2) with all that is wrong with it.
 */
export function loadTask(
  text: string,
  file: string,
  { format, overrides }: { readonly format: ExperimentFormat; readonly overrides: readonly string[] },
): TaskSpec {
  const schema = z.strictObject({ plugins: z.array(z.string()).optional(), task: format.sections.task });
  const files = readFiles(text, file, (name) => readFileSync(name, 'utf8'), schema);
  if (files.tree === null) throw refused(files.errors);
  const { tree, errors } = applyOverrides(files.tree, overrides, schema);
  const problems = problemsOf(plainValue(resolveLocations(tree, format.kinds)), format);
  const all = [...files.errors, ...errors, ...locate([...axisProblem(tree), ...problems], tree, files.sources)];
  if (all.length > 0) throw refused(all);
  return deepFreeze(taskIn(tree, format));
}

/** The tasks of an experiment, each once: its sweep may have several. */
export function tasksOf(spec: ExperimentSpec, format: ExperimentFormat): readonly TaskSpec[] {
  const tasks = expandSweep(spec, format).points.map(({ spec: trial }) => trial.task);
  return [...new Map(tasks.map((task) => [JSON.stringify(task), task])).values()];
}

function taskIn(tree: LocatedMap, format: ExperimentFormat): TaskSpec {
  const { task } = plainValue(resolveLocations(tree, format.kinds)) as { readonly task: unknown };
  return format.sections.task.parse(task) as TaskSpec;
}

function problemsOf(value: unknown, format: ExperimentFormat): readonly Problem[] {
  const { task } = value as { readonly task?: unknown };
  const { task: schema } = format.sections;
  const problems = schemaProblems(schema, task, ['task']);
  if (problems.length > 0) return problems;
  return brokenRules({ task: schema.parse(task) as TaskSpec }, format.kinds).map(
    ({ fields, expected, found, suggestion }) => ({
      at: (fields[0] ?? '').split('.'),
      path: fields[0] ?? '',
      expected,
      found,
      ...hint(suggestion ?? null),
    }),
  );
}

/** Several values of an override make an axis, and there is none here. */
function axisProblem({ entries }: LocatedMap): readonly Problem[] {
  if (!entries.has('sweep')) return [];
  return [{ at: ['sweep'], path: 'task', expected: 'one value a field', found: 'several' }];
}

function refused(errors: MergedFiles['errors'] | readonly SpecError[]): UserError {
  return new UserError(formatSpecErrors(errors), {
    exitCode: 2,
    hint: 'docs/experiment.schema.json lists every key of a task; -s FIELD=VALUE sets one.',
  });
}
