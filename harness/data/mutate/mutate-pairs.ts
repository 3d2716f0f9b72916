/**
 * Preference pairs from code alone: the body that people wrote is preferred to a body with a mistake in it. CodePMP
 * (arXiv 2410.02229) takes the answers of a strong and a weak model instead; mistakes made by rule need no model, and
 * every pair says what is wrong with its rejected body.
 */
import { randomStream } from '../../random/index.ts';
import type { PromptedFunction } from '../corpus/corpus-function.ts';
import type { DropCounts, PreferencePair } from '../preference-pair.ts';
import type { Rows } from '../rows.ts';
import { fitTilt, noTilt, type Balance, type Seen } from './balance.ts';
import { nothingFamiliar } from './familiar.ts';
import { pairsOf, proposeFor, type MutateOptions } from './mutator.ts';
import { inRounds } from './rounds.ts';

export type { MutateOptions } from './mutator.ts';

export interface MutatedPairs {
  readonly pairs: AsyncIterable<PreferencePair>;
  /** Complete once `pairs` has been read to its end. */
  readonly counts: DropCounts;
}

const noDrops = {
  'function: does not parse alone': 0,
  'function: no mutant': 0,
  'function: fewer mutants than wanted': 0,
  'mutant: does not parse': 0,
} as const;

/**
 * Up to `mutantsPerFunction` pairs a function, `group` = function id. Order: the first pair of every function in the
 * given order, then all second ones, and so on; so every budget holds as many different functions as it can.
 * @param balance Of `fitBalance`. It follows the pairs; the held-out functions go on with that of the trained ones.
 * @param scratchFolder For the pairs of later rounds while the first is read.
 */
export function mutatePairs(
  functions: Rows<PromptedFunction>,
  options: MutateOptions,
  { balance, scratchFolder }: { readonly balance: Balance; readonly scratchFolder: string },
): MutatedPairs {
  const counts: Record<string, number> = { ...noDrops };
  const ofEach = async function* (): AsyncGenerator<readonly PreferencePair[]> {
    for await (const fn of functions) yield await pairsOf(fn, options, balance, counts);
  };
  return { pairs: inRounds(ofEach(), scratchFolder), counts };
}

/** Functions that a tilt is fitted to: their differences stay in memory, about 4 kB a function. */
const fittedFunctions = 10_000;

/** Of fewer no ranker learns anything that holds elsewhere, and balancing them would cost most of their pairs. */
const balancedFunctions = 500;

/** What balances the pairs of these functions: fitted to the first 10,000, as a corpus is in random order. */
export async function fitBalance(functions: Rows<PromptedFunction>, options: MutateOptions): Promise<Balance> {
  const groups: (readonly Seen[])[] = [];
  const familiar = nothingFamiliar();
  for await (const fn of functions) {
    const proposed = await proposeFor(fn, options, familiar);
    if (typeof proposed === 'string') continue;
    // Without the bodies of the proposals.
    groups.push(proposed.proposals.map(({ difference, signs }) => ({ difference, signs })));
    if (groups.length === fittedFunctions) break;
  }
  if (groups.length < balancedFunctions) return { tilt: noTilt(), familiar: nothingFamiliar(), follows: false };
  const tilt = fitTilt(groups, options.mutantsPerFunction, randomStream(options.seed, 'fit tilt'));
  return { tilt, familiar: nothingFamiliar(), follows: true };
}
