/**
 * Rankers that read nothing, on held-out pairs. A set on which one of them is right is no test of reading, and a model
 * that is trained on such pairs may learn no more than the ranker knows.
 */
import { clusteredShare } from '../../stats/index.ts';
import type { PreferencePair } from '../preference-pair.ts';
import { trivialRankers } from '../tasks/trivial-rankers.ts';
import type { AuditedShare, RankerAudit } from './audit.ts';
import { fitLinearRanker, wordsOf, type RankedPair } from '../rankers/linear-ranker.ts';
import { TrigramModel } from './language-model.ts';

/** By hand, each with its opposite; the names are of `trivialRankers`. */
const byHand = [
  { ranker: 'longest', names: ['longer', 'shorter'] },
  { ranker: 'most lines', names: ['more lines', 'fewer lines'] },
  { ranker: 'most distinct pieces', names: ['more distinct tokens', 'fewer distinct tokens'] },
  { ranker: 'most repeated pieces', names: ['more repeated tokens', 'fewer repeated tokens'] },
  { ranker: 'shared pieces', names: ['more tokens of the prompt', 'fewer tokens of the prompt'] },
] as const;

/** Pieces that the language model is trained on: enough for its accuracy to stand, in 150 MB. */
const mostPieces = 2_000_000;

/** A ranker's side of the decision: above 0 where it prefers chosen, 0 where it prefers neither. */
interface Judge {
  readonly name: string;
  readonly isTrained: boolean;
  prefers(pair: PreferencePair): number;
}

/** The most accurate first. `trained`: what learned rankers learn from. */
export function auditRankers(
  trained: readonly PreferencePair[],
  heldOut: readonly PreferencePair[],
): readonly RankerAudit[] {
  if (heldOut.length === 0) return [];
  const learned = trained.length === 0 ? [] : [bagJudge(trained), bigramJudge(trained), languageModelJudge(trained)];
  const judges = [...handJudges(), ...learned];
  const groups = heldOut.map(({ group }) => group);
  return judges
    .map(({ name, isTrained, prefers }) => {
      const values = heldOut.map((pair) => credit(prefers(pair)));
      return { name, isTrained, ...auditedShare(values, groups) };
    })
    .toSorted((a, b) => b.share - a.share || (a.name < b.name ? -1 : 1));
}

/** With half credit for a tie. */
function credit(margin: number): number {
  if (margin === 0) return 0.5;
  return margin > 0 ? 1 : 0;
}

export function auditedShare(values: readonly number[], groups: readonly string[]): AuditedShare {
  const { share, interval, n, effectiveN } = clusteredShare(values, groups, { unit: 'pairs by group' });
  return { share, low: interval?.low ?? null, high: interval?.high ?? null, n, effectiveN };
}

function handJudges(): readonly Judge[] {
  return byHand.flatMap(({ ranker, names }) => {
    const found = trivialRankers.find(({ name }) => name === ranker);
    if (found === undefined) throw new Error(`there is no trivial ranker ${ranker}`);
    const margin = ({ prompt, chosen, rejected }: PreferencePair): number =>
      found.score(prompt, chosen) - found.score(prompt, rejected);
    return names.map((name, index) => ({
      name,
      isTrained: false,
      prefers: (pair: PreferencePair) => (index === 0 ? margin(pair) : -margin(pair)),
    }));
  });
}

/** Logistic regression on the words of a response, whatever their order. */
function bagJudge(trained: readonly PreferencePair[]): Judge {
  // Sorted, so that neighbours say nothing that the words do not.
  const bagOf = (text: string): string => wordsOf(text).toSorted().join(' ');
  const bags = ({ chosen, rejected }: RankedPair): RankedPair => ({ chosen: bagOf(chosen), rejected: bagOf(rejected) });
  const { score } = fitLinearRanker(trained.map(bags));
  return { name: 'token bag', isTrained: true, prefers: (pair) => score(bags(pair)) };
}

/** Logistic regression on words, neighbouring words and three counts. */
function bigramJudge(trained: readonly PreferencePair[]): Judge {
  return { name: 'bigram logistic', isTrained: true, prefers: fitLinearRanker(trained).score };
}

/** The side with the lower perplexity, under a model of the chosen responses that were trained on. */
function languageModelJudge(trained: readonly PreferencePair[]): Judge {
  const model = new TrigramModel();
  let pieces = 0;
  let last = '';
  for (const { chosen } of trained) {
    // Pairs of one function lie side by side and share it.
    if (chosen === last) continue;
    last = chosen;
    model.learn(chosen);
    pieces += wordsOf(chosen).length;
    if (pieces > mostPieces) break;
  }
  return {
    name: 'lower trigram perplexity',
    isTrained: true,
    prefers: ({ chosen, rejected }) => model.meanLogProbability(chosen) - model.meanLogProbability(rejected),
  };
}
