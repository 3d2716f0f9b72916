/**
 * Preference pairs from code alone: the body that people wrote is preferred to a body with a mistake in it. CodePMP
 * (arXiv 2410.02229) takes the answers of a strong and a weak model instead; mistakes made by rule need no model, and
 * every pair says what is wrong with its rejected body.
 */
import { randomStream, type RandomStream } from '../../random/index.ts';
import type { CorpusFunction } from '../corpus/corpus-function.ts';
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

interface OrderedPair {
  readonly pair: PreferencePair;
  readonly round: number;
  readonly key: number;
}

export interface MutateOptions {
  readonly mutantsPerFunction: number;
  readonly maxEdits: number;
  readonly seed: number;
}

/**
 * Up to `spec.mutantsPerFunction` pairs a function, `group` = function id. A pair depends on (seed, its own function)
 * only. Order: the first pair of every function in a random order, then all second ones, and so on; so the first k
 * pairs are a sample over functions, and every budget holds as many different functions as it can.
 */
export function mutatePairs(
  functions: readonly CorpusFunction[],
  spec: MutateOptions,
  tilts: Tilts = defaultTilts,
): { pairs: PreferencePair[]; counts: DropCounts } {
  const counts: Record<string, number> = {
    'function: does not parse alone': 0,
    'function: no mutant': 0,
    'function: fewer mutants than wanted': 0,
    'mutant: does not parse': 0,
  };
  const count = (reason: string): void => {
    counts[reason] = (counts[reason] ?? 0) + 1;
  };
  const ordered = functions.flatMap((fn) => pairsOfFunction(fn, spec, tilts, count));
  ordered.sort((a, b) => a.round - b.round || a.key - b.key || (a.pair.id < b.pair.id ? -1 : 1));
  for (const { pair } of ordered) {
    for (const edit of pair.edits) count(`edit: ${edit.slice(0, edit.indexOf(':'))}`);
  }
  return { pairs: ordered.map(({ pair }) => pair), counts };
}

function pairsOfFunction(
  fn: CorpusFunction,
  spec: MutateOptions,
  tilts: Tilts,
  count: (reason: string) => void,
): OrderedPair[] {
  const proposed = proposeSigned(fn, spec);
  if (proposed === null) return (count('function: does not parse alone'), []);
  const { parsed, random } = proposed;
  const mutants = drawTilted(proposed.proposals, tilts, random, spec.mutantsPerFunction, ({ body }) => {
    const parses = parsed.parses(body);
    if (!parses) count('mutant: does not parse');
    return parses;
  });
  if (mutants.length === 0) count('function: no mutant');
  else if (mutants.length < spec.mutantsPerFunction) count('function: fewer mutants than wanted');
  // The likeliest come first in a draw without replacement: shuffled, every round has the same mix.
  return random.shuffled(mutants).map(({ body, edits }, round) => ({
    pair: {
      id: `${fn.id}#${round}`,
      group: fn.id,
      prompt: fn.prompt,
      chosen: fn.body,
      rejected: body,
      source: `${fn.package}/${fn.file}:${fn.line}`,
      edits: edits.map((edit) => describeEdit(fn.body, edit)),
    },
    round,
    key: random.uniform(),
  }));
}

/**
 * The proposals of one function with their surface signs, and the stream to draw from them with; null where the
 * function does not parse.
 */
function proposeSigned(
  fn: CorpusFunction,
  spec: MutateOptions,
): { parsed: ParsedFunction; random: RandomStream; proposals: readonly SignedProposal[] } | null {
  const parsed = parseFunction(fn.prompt, fn.body);
  if (parsed === null) return null;
  const random = randomStream(spec.seed, 'mutate', fn.id);
  const surface = measureSurface(fn.body);
  const proposals = proposeMutants(parsed, proposalsPerMutant * spec.mutantsPerFunction, spec.maxEdits, random);
  return {
    parsed,
    random,
    proposals: proposals.map((proposal) => ({ ...proposal, signs: surfaceSigns(fn.body, proposal.body, surface) })),
  };
}

/** The tilts that balance the pairs of these functions; `defaultTilts` are those of the default corpus and spec. */
export function fitTiltsTo(functions: readonly CorpusFunction[], spec: MutateOptions): Tilts {
  const proposed = functions.flatMap((fn) => {
    const { proposals } = proposeSigned(fn, spec) ?? { proposals: [] };
    return [proposals.map(({ signs }) => ({ signs }))];
  });
  return fitTilts((tilts) => {
    const random = randomStream(spec.seed, 'fit tilts');
    return meanSigns(
      proposed.flatMap((proposals) => drawTilted(proposals, tilts, random, spec.mutantsPerFunction, () => true)),
    );
  });
}
