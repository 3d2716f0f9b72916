/** Which grader reads the answers of a task: the one that its section names, else the one of its kind. */
import { kindOf, type TaskSpec } from '../spec/index.ts';
import type { GraderKind, TaskKind } from './kind.ts';

/** null where answers come with the data. @throws Error for a name that validation has let through. */
export function graderOf(
  kind: TaskKind,
  spec: TaskSpec,
  { graders }: { readonly graders: readonly GraderKind[] },
): GraderKind | null {
  const name = namedGrader(spec) ?? kind.grader;
  return name === null ? null : kindOf(graders, { kind: name });
}

/** The field `grader` of the section; null where it has none. */
export function namedGrader(spec: TaskSpec): string | null {
  const named = (spec as TaskSpec & { readonly grader?: unknown }).grader;
  return typeof named === 'string' ? named : null;
}
