/** What is wrong with one trial of a sweep, blamed on the axis value that brought it. */
import type { SweepAssignment } from './axis.ts';
import { formatPath, hint, type Path, type Problem } from './problem.ts';
import { brokenRules } from './rules.ts';
import type { Assignment, ResolvedTrial } from './section-resolver.ts';
import { fullPath, isWithin, overlaps } from './trial-path.ts';
import type { RuleBreak, SpecKinds } from './kind.ts';

/** Problems of a trial's own sections and of its rules, blamed on the assignment that brought them. */
export function trialProblems(
  { assignments, resolved }: { readonly assignments: readonly Assignment[]; readonly resolved: ResolvedTrial },
  kinds: SpecKinds,
): readonly Problem[] {
  return [
    ...resolved.problems.map((problem) => sectionProblem(assignments, problem)),
    ...brokenRules(resolved.spec, kinds).map((broken) => ruleProblem(assignments, broken)),
  ];
}

function sectionProblem(assignments: readonly Assignment[], problem: Problem): Problem {
  const path = formatPath(problem.at);
  return {
    ...problem,
    at: blame(assignments, [path]),
    path,
    ...context(assignments, [path], problem.found),
    ...replacedWhole(assignments, problem),
  };
}

function ruleProblem(assignments: readonly Assignment[], broken: RuleBreak): Problem {
  const { fields, expected, found, suggestion } = broken;
  return {
    at: blame(assignments, fields),
    path: fields[0] ?? '',
    expected,
    ...context(assignments, fields, found),
    ...hint(suggestion ?? null),
  };
}

/** A key is missing because an axis replaced the map that should hold it: `a: {finetune: {steps: 5}}`. */
function replacedWhole(assignments: readonly Assignment[], { at, found }: Problem): { suggestion?: string } {
  if (!found.startsWith('nothing')) return {};
  const holder = formatPath(at.slice(0, -1));
  const culprit = assignments.findLast((assignment) => isWithin(holder, fullPath(assignment)));
  return culprit === undefined ? {} : { suggestion: writeAllKeys(culprit) };
}

function writeAllKeys(culprit: Assignment): string {
  const path = fullPath(culprit);
  const key = Object.keys((culprit.value ?? {}) as object).find((one) => one !== 'kind');
  const alternative = key === undefined ? '' : `, or one path (${path}.${key}: ...)`;
  return `an axis replaces ${path} whole: write all its keys${alternative}`;
}

/**
 * The last assignment that sets one of the fields, those to blame first coming first. Where none does: for one field
 * the last that sets anything in its section, else the field itself.
 */
export function blame(assignments: readonly Assignment[], fields: readonly string[]): Path {
  for (const field of fields) {
    const culprit = assignments.findLast((assignment) => overlaps(fullPath(assignment), field));
    if (culprit) return culprit.at;
  }
  const first = (fields[0] ?? '').split('.');
  const inSection = assignments.findLast(({ section }) => fields.length === 1 && section === first[0]);
  return inSection?.at ?? first;
}

function context(assignments: readonly Assignment[], fields: readonly string[], found: string): { found: string } {
  const labels = assignments
    .filter((assignment, index) => !isOverwritten(assignment, assignments.slice(index + 1)))
    .filter((assignment) => fields.some((field) => overlaps(fullPath(assignment), field)))
    .flatMap((assignment) => labelOf(assignment) ?? []);
  return { found: labels.length === 0 ? found : `${found} (at ${[...new Set(labels)].join(', ')})` };
}

function isOverwritten(assignment: Assignment, later: readonly Assignment[]): boolean {
  return later.some((other) => isWithin(fullPath(assignment), fullPath(other)));
}

/** `model=small`: the axis and its value; null where no axis makes the assignment. */
function labelOf(assignment: Assignment): string | null {
  if (!('axis' in assignment)) return null;
  return `${String(assignment.axis)}=${String((assignment as SweepAssignment).label)}`;
}
