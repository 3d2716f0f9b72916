/**
 * Which prompts are generated together. All prompts of a batch have the same padded length, which is their own length
 * rounded up: what is computed for a prompt then has sizes that follow from its own tokens alone.
 */
import type { TokenIds } from '../data/preference-pair.ts';

/** Slots of a cache are multiples of this. */
export const slotMultiple = 64;

export interface PromptBatch {
  /** Numbers of the prompts. */
  readonly prompts: readonly number[];
  /** Padded length of each. */
  readonly promptSlots: number;
}

/** Longest first, so that the largest arrays are allocated once. */
export function promptBatches(prompts: readonly TokenIds[], rowsPerBatch: number): readonly PromptBatch[] {
  const byLength = [...prompts.keys()].toSorted((a, b) => prompts[b]!.length - prompts[a]!.length);
  const batches: { readonly prompts: number[]; readonly promptSlots: number }[] = [];
  for (const prompt of byLength) {
    const promptSlots = slotsFor(prompts[prompt]!.length);
    const open = batches.at(-1);
    if (open?.promptSlots === promptSlots && open.prompts.length < rowsPerBatch) open.prompts.push(prompt);
    else batches.push({ prompts: [prompt], promptSlots });
  }
  return batches;
}

/** `tokens`, rounded up. */
export function slotsFor(tokens: number): number {
  return Math.ceil(tokens / slotMultiple) * slotMultiple;
}
