/** What is wrong with one trial of a sweep, blamed on the axis value that brought it. */
import type { SweepAssignment } from './axis.ts';
import { formatPath, hint, type Path, type Problem } from './problem.ts';
import { brokenRules } from './rules.ts';
import type { Assignment, ResolvedTrial } from './section-resolver.ts';
import { fullPath } from './trial-path.ts';
import { sectionNames } from './format.ts';
import type { SpecKinds } from './kind.ts';

/** Problems of a trial's own sections and of its rules, blamed on the assignment that brought them. */
export function trialProblems(
  { assignments, resolved }: { readonly assignments: readonly Assignment[]; readonly resolved: ResolvedTrial },
  kinds: SpecKinds,
): readonly Problem[] {
  const fromSchema = resolved.problems.map((problem) => ({
    ...problem,
    at: blame(assignments, [formatPath(problem.at)]),
    path: formatPath(problem.at),
    ...context(assignments, [formatPath(problem.at)], problem.found),
    ...replacedWhole(assignments, problem),
  }));
  const fromRules = brokenRules(resolved.spec, kinds).map(({ fields, expected, found, suggestion }) => ({
    at: blame(assignments, fields),
    path: fields[0] ?? '',
    expected,
    ...context(assignments, fields, found),
    ...hint(suggestion ?? null),
  }));
  return [...fromSchema, ...fromRules];
}

/** A key is missing because an axis replaced the map that should hold it: `a: {finetune: {steps: 5}}`. */
function replacedWhole(assignments: readonly Assignment[], { at, found }: Problem): { suggestion?: string } {
  const holder = formatPath(at.slice(0, -1));
  const culprit = assignments.findLast((assignment) => `${holder}.`.startsWith(`${fullPath(assignment)}.`));
  if (culprit === undefined || !found.startsWith('nothing')) return {};
  const path = fullPath(culprit);
  const key = Object.keys((culprit.value ?? {}) as object).find((one) => one !== 'kind');
  const alternative = key === undefined ? '' : `, or one path (${path}.${key}: ...)`;
  return { suggestion: `an axis replaces ${path} whole: write all its keys${alternative}` };
}

/**
 * The last assignment that sets one of the fields, those to blame first coming first; where none does, the field
 * itself.
 */
export function blame(assignments: readonly Assignment[], fields: readonly string[]): Path {
  for (const field of fields) {
    const culprit = assignments.findLast((assignment) => overlaps(fullPath(assignment), field));
    if (culprit) return culprit.at;
  }
  const section = fields[0]?.split('.')[0];
  return (
    assignments.findLast(
      (assignment) =>
        assignment.section === section && sectionNames.includes(assignment.section) && fields.length === 1,
    )?.at ?? (fields[0] ?? '').split('.')
  );
}

function overlaps(a: string, b: string): boolean {
  return a === b || a.startsWith(`${b}.`) || b.startsWith(`${a}.`);
}

function context(assignments: readonly Assignment[], fields: readonly string[], found: string): { found: string } {
  const isOverwritten = (assignment: Assignment, index: number): boolean =>
    assignments.slice(index + 1).some((later) => `${fullPath(assignment)}.`.startsWith(`${fullPath(later)}.`));
  const labels = assignments
    .filter((assignment, index) => !isOverwritten(assignment, index))
    .flatMap((assignment) =>
      'axis' in assignment && fields.some((field) => overlaps(fullPath(assignment), field))
        ? [`${String(assignment.axis)}=${String((assignment as SweepAssignment).label)}`]
        : [],
    );
  return { found: labels.length === 0 ? found : `${found} (at ${[...new Set(labels)].join(', ')})` };
}
