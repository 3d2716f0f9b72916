/** A failed stage, as a person needs it at once: what, why, the worker's last words, where they are, what to do. */
import type { SweepFailure } from '../../run/index.ts';

export type NameOf = (stageId: string) => string;

/** `finetune PMP-2048, algebra, 256, seed 1 (finetune-e30502c6e377)`. */
export function withId(stageId: string, nameOf: NameOf): string {
  const name = nameOf(stageId);
  return name === stageId ? stageId : `${name} (${stageId})`;
}

/** @param how After `failed`: ` after 3 s`. */
export function describeFailure(failure: SweepFailure, nameOf: NameOf, how: string): readonly string[] {
  const { stageId, errorClass, message, lastLines, hint, log, stageCommand } = failure;
  return [
    `${withId(stageId, nameOf)} failed${how} (${errorClass}): ${message}`,
    ...lastLines.map((line) => `  | ${line}`),
    ...(hint === null ? [] : [`  ${hint}`]),
    ...(log === null ? [] : [`  log: ${log}`]),
    `  by itself: ${stageCommand}`,
  ];
}
