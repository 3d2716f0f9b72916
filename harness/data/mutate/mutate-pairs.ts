/**
 * Preference pairs from code alone: the body that people wrote is preferred to a body with a mistake in it. CodePMP
 * (arXiv 2410.02229) takes the answers of a strong and a weak model instead; mistakes made by rule need no model, and
 * every pair says what is wrong with its rejected body.
 */
import { randomStream, type RandomStream } from '../../random/index.ts';
import { addCount } from '../add-count.ts';
import type { PromptedFunction } from '../corpus/corpus-function.ts';
import type { DropCounts, PreferencePair } from '../preference-pair.ts';
import { drawTilted, fitTilts, meanSigns, type Signed, type Tilts } from './balance.ts';
import { describeEdit } from './edit.ts';
import { parseFunction, type ParsedFunction } from './parse-function.ts';
import { proposeMutants, type Proposal } from './propose.ts';
import { measureSurface, surfaceSigns } from './surface.ts';
import { defaultTilts } from './tilts.ts';

/** Proposals a wanted mutant: enough for the tilt to choose from. */
const proposalsPerMutant = 6;

interface SignedProposal extends Proposal, Signed {}

/** The proposals of one function, and the stream to draw from them with. */
interface Proposed {
  readonly parsed: ParsedFunction;
  readonly random: RandomStream;
  readonly proposals: readonly SignedProposal[];
}

interface OrderedPair {
  readonly pair: PreferencePair;
  readonly round: number;
  readonly key: number;
}

interface MutateOptions {
  readonly mutantsPerFunction: number;
  readonly maxEdits: number;
  readonly seed: number;
}

const noDrops = {
  'function: does not parse alone': 0,
  'function: no mutant': 0,
  'function: fewer mutants than wanted': 0,
  'mutant: does not parse': 0,
} as const;

/**
 * Up to `spec.mutantsPerFunction` pairs a function, `group` = function id. A pair depends on (seed, its own function)
 * only. Order: the first pair of every function in a random order, then all second ones, and so on; so the first k
 * pairs are a sample over functions, and every budget holds as many different functions as it can.
 */
export function mutatePairs(
  functions: readonly PromptedFunction[],
  spec: MutateOptions,
  tilts: Tilts = defaultTilts,
): { pairs: PreferencePair[]; counts: DropCounts } {
  const counts: Record<string, number> = { ...noDrops };
  const ordered = functions.flatMap((fn) => pairsOfFunction(fn, spec, tilts, counts));
  ordered.sort((a, b) => a.round - b.round || a.key - b.key || (a.pair.id < b.pair.id ? -1 : 1));
  const pairs = ordered.map(({ pair }) => pair);
  countEdits(pairs, counts);
  return { pairs, counts };
}

function countEdits(pairs: readonly PreferencePair[], counts: Record<string, number>): void {
  for (const edit of pairs.flatMap(({ edits }) => edits)) addCount(counts, `edit: ${edit.slice(0, edit.indexOf(':'))}`);
}

function pairsOfFunction(
  fn: PromptedFunction,
  spec: MutateOptions,
  tilts: Tilts,
  counts: Record<string, number>,
): OrderedPair[] {
  const proposed = proposeSigned(fn, spec);
  if (proposed === null) return (addCount(counts, 'function: does not parse alone'), []);
  const { random } = proposed;
  const mutants = drawMutants(proposed, spec.mutantsPerFunction, tilts, counts);
  // The likeliest come first in a draw without replacement: shuffled, every round has the same mix.
  return random
    .shuffled(mutants)
    .map((mutant, round) => ({ pair: toPair(fn, mutant, round), round, key: random.uniform() }));
}

/** Up to `wanted` of the proposals, all of which parse. */
function drawMutants(
  { parsed, random, proposals }: Proposed,
  wanted: number,
  tilts: Tilts,
  counts: Record<string, number>,
): SignedProposal[] {
  const mutants = drawTilted(proposals, tilts, random, wanted, ({ body }) => {
    const parses = parsed.parses(body);
    if (!parses) addCount(counts, 'mutant: does not parse');
    return parses;
  });
  if (mutants.length === 0) addCount(counts, 'function: no mutant');
  else if (mutants.length < wanted) addCount(counts, 'function: fewer mutants than wanted');
  return mutants;
}

function toPair(fn: PromptedFunction, { body, edits }: Proposal, round: number): PreferencePair {
  return {
    id: `${fn.id}#${round}`,
    group: fn.id,
    prompt: fn.prompt,
    chosen: fn.body,
    rejected: body,
    source: `${fn.package}/${fn.file}:${fn.line}`,
    edits: edits.map((edit) => describeEdit(fn.body, edit)),
    language: fn.language,
    isDescribed: fn.description !== null,
  };
}

/** Null where the function does not parse. */
function proposeSigned(fn: PromptedFunction, spec: MutateOptions): Proposed | null {
  const parsed = parseFunction(fn.signature, fn.body);
  if (parsed === null) return null;
  const random = randomStream(spec.seed, 'mutate', fn.id);
  const surface = measureSurface(fn.body);
  const proposals = proposeMutants(parsed, proposalsPerMutant * spec.mutantsPerFunction, spec.maxEdits, random);
  const signed = proposals.map((proposal) => ({ ...proposal, signs: surfaceSigns(fn.body, proposal.body, surface) }));
  return { parsed, random, proposals: signed };
}

/** The tilts that balance the pairs of these functions; `defaultTilts` are those of the default corpus and spec. */
export function fitTiltsTo(functions: readonly PromptedFunction[], spec: MutateOptions): Tilts {
  // Only the signs are kept, so that the bodies of all proposals can be freed.
  const proposed = functions.map((fn) => proposeSigned(fn, spec)?.proposals.map(({ signs }) => ({ signs })) ?? []);
  return fitTilts((tilts) => {
    const random = randomStream(spec.seed, 'fit tilts');
    const drawn = proposed.flatMap((signs) => drawTilted(signs, tilts, random, spec.mutantsPerFunction, () => true));
    return meanSigns(drawn);
  });
}
