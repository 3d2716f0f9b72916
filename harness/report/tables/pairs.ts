/** The reviewers' first question: how often is chosen really better? */
import { auditNote, auditTable } from '../audit-rows.ts';
import type { TableKind } from '../view.ts';
import type { TableNumber } from './numbers.ts';

export const pairsTable: TableKind = {
  id: 'pairs',
  scope: 'experiment',
  isFolded: false,
  draw: ({ audits }) => {
    if (audits.length === 0) return null;
    return {
      title: 'Pairs: is chosen really better?',
      ...auditTable(audits),
      note: auditNote,
      numbers: audits.flatMap(({ name, audit }) => [
        ...audit.trained.judgements.flatMap(({ by, agreement }) =>
          agreement === null ? [] : [numberOf(name, `audit/agreement_by_${by}`, agreement)],
        ),
        ...audit.rankers.map((ranker) => numberOf(name, rankerMetric(ranker.name), ranker)),
      ]),
    };
  },
};

const rankerMetric = (name: string): string => `audit/ranker_${name.replaceAll(/[^a-zA-Z0-9]+/g, '_')}`;

interface Measured {
  readonly share: number;
  readonly low: number | null;
  readonly high: number | null;
  readonly n: number;
}

/** `pairs`: what people call them. */
function numberOf(pairs: string, metric: string, { share, low, high, n }: Measured): TableNumber {
  const place = { model: '', arm: '', variant: pairs, pretrainPairs: null, samples: null };
  return { ...place, metric, mean: share, low, high, n, method: low === null ? 'none' : 'Wilson over pairs by group' };
}
