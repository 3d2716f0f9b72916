/** What is wrong with one trial of a sweep, blamed on the axis value that brought it. */
import { fullPath, hint, type SweepAssignment } from './axes.ts';
import { formatPath, type Path, type Problem } from './problem.ts';
import { brokenRules } from './rules.ts';
import type { Assignment, ResolvedTrial } from './section-resolver.ts';
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
