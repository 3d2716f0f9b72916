/** What pair sources share whose sides are written by models. */
import { z } from 'zod';
import { answeredPairs, type PreferencePair, type Side } from '../../data/index.ts';
import type { MadePairs, PairsInputs } from '../kind.ts';
import { expectedTokensField, unknownLengths, type PairLengths } from '../lengths.ts';

export const answerFields = {
  dropCutOff: z
    .boolean()
    .default(true)
    .describe('Drops pairs of which a side was cut off where its tokens ran out: it has no end to judge.'),
  expectedTokens: expectedTokensField,
};

/** Side -> name of the generator; null = the function's own body. */
interface Sides {
  readonly chosen: string | null;
  readonly rejected: string;
}

export function pairsOfSides(
  { dropCutOff }: { readonly dropCutOff: boolean },
  { functions, completions }: PairsInputs,
  sides: Sides,
): MadePairs {
  const made = (part: 'trained' | 'heldOut', counts: Record<string, number>): AsyncIterable<PreferencePair> => {
    const side = (name: string | null): Side => ({
      name: name ?? 'people',
      completions: name === null ? null : (completions[name]?.[part] ?? []),
    });
    const options = { chosen: side(sides.chosen), rejected: side(sides.rejected), dropCutOff };
    return answeredPairs(functions?.[part] ?? [], options, counts);
  };
  const counts: Record<string, number> = {};
  const heldOutCounts: Record<string, number> = {};
  return { pairs: made('trained', counts), heldOut: made('heldOut', heldOutCounts), counts, heldOutCounts };
}

export function answeredLengths(
  { expectedTokens }: { readonly expectedTokens: PairLengths | null },
  corpus: PairLengths | null,
): PairLengths {
  return expectedTokens ?? corpus ?? unknownLengths;
}

export function expectedAnswered(
  samples: number,
  corpus: { readonly functions: number; readonly heldOut: number } | null,
): { readonly pairs: number; readonly heldOut: number } {
  return { pairs: (corpus?.functions ?? 0) * samples, heldOut: (corpus?.heldOut ?? 0) * samples };
}
