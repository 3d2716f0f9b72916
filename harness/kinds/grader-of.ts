/** Which grader reads the answers of a task: the one that its section names, else the one of its kind. */
import { z } from 'zod';
import { kindOf, type TaskSpec } from '../spec/index.ts';
import type { GraderKind, TaskKind } from './kind.ts';

/** The field `grader` of a task whose data have labels of their own. */
export const graderField = z
  .string()
  .nullable()
  .default(null)
  .describe('Labels the solutions and groups equal answers for votes; null = the labels of the dataset.');

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
