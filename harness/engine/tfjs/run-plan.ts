/**
 * The order in which a program's operations run, with what may be freed after each: intermediate values are kept no
 * longer than their last use.
 */
import type { Program, Tensor } from '../../graph/index.ts';

export interface PlannedOp {
  readonly tensor: Tensor;
  /** Values that no later operation reads and that are no output. */
  readonly freed: readonly Tensor[];
}

/**
 * Inputs and constants are not steps, but fed inputs are freed like results. State and constants belong to the session.
 */
export function runPlan(program: Program): readonly PlannedOp[] {
  const kept = new Set([
    ...Object.values(program.outputs),
    ...program.state.flatMap((entry) => [entry.input, entry.next]),
  ]);
  const lastUse = new Map<Tensor, number>();
  const steps = program.tensors.filter((tensor) => tensor.op !== 'input' && tensor.op !== 'constant');
  steps.forEach((tensor, at) => tensor.inputs.forEach((source) => lastUse.set(source, at)));
  const freedAt = new Map<number, Tensor[]>();
  for (const [tensor, at] of lastUse) {
    if (!kept.has(tensor) && tensor.op !== 'constant') freedAt.set(at, [...(freedAt.get(at) ?? []), tensor]);
  }
  return steps.map((tensor, at) => ({ tensor, freed: freedAt.get(at) ?? [] }));
}
