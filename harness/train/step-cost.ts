/**
 * What one training step costs, from the very program that will run: FLOPs, bytes moved, and the memory it needs at its fullest. The room that builds the
 * step is the only one that can say; planning gets these as numbers.
 */
import { costOf, peakMemoryOf, type Cost, type PeakMemory, type Program } from '../graph/index.ts';
import type { ObjectiveParts } from './pmp-loss.ts';

/** The token counts of a batch of equally long pairs: what is known of a batch before data is read. */
export interface BatchShape {
  readonly pairs: number;
  readonly promptTokens: number;
  readonly chosenTokens: number;
  readonly rejectedTokens: number;
}

export interface StepCost extends Cost {
  readonly memory: PeakMemory;
}

/** The sizes that the training program's symbols take for such a batch: N tokens, B rows, S row length, P pairs, L labels (see `trainFeeds`). */
export function stepSizes({ pairs, promptTokens, chosenTokens, rejectedTokens }: BatchShape, parts: ObjectiveParts): Readonly<Record<string, number>> {
  const row = promptTokens + chosenTokens + (parts === 'lm' ? 0 : rejectedTokens);
  return { N: pairs * row, B: pairs, S: row, P: pairs, L: pairs * chosenTokens };
}

/** @param program Of `trainProgram` for the same parts. */
export function stepCost(program: Program, shape: BatchShape, parts: ObjectiveParts): StepCost {
  const sizes = stepSizes(shape, parts);
  return { ...costOf(program, sizes), memory: peakMemoryOf(program, sizes) };
}
