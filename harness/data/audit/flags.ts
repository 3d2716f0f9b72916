/** When a reader must be warned. The rules stand in docs/audit.md too. */
import type { Audit, RankerAudit, SetAudit } from './audit.ts';

/** A set is solved where a ranker is surely above the first, or seen above the second and surely above chance. */
export const solvedLow = 0.6;
export const solvedShare = 0.65;

export function isSolved({ share, low }: Pick<RankerAudit, 'share' | 'low'>): boolean {
  const surely = low ?? 0;
  return surely > solvedLow || (share > solvedShare && surely > 0.5);
}

export function flagsOf({
  trained,
  heldOut,
  split,
  rankers,
}: Omit<Audit, 'auditVersion' | 'flags' | 'isSolvedByTrivialRanker'>): readonly string[] {
  return [
    ...solvedFlags(rankers),
    ...descriptionFlags(trained),
    ...judgementFlags(trained),
    ...emptyFlags(trained),
    ...(split.sameGroup > 0 || split.samePair > 0
      ? [`${split.sameGroup} groups and ${split.samePair} pairs are both trained on and held out.`]
      : []),
    ...(split.nearResponses > 0.1 * Math.max(1, split.heldOutResponses)
      ? [
          `${percent(split.nearResponses / split.heldOutResponses)} of the held-out responses are in the trained pairs, ` +
            'in whole or by half.',
        ]
      : []),
    ...(heldOut.pairs === 0 ? ['There are no held-out pairs: nothing is known of what trivial rankers reach.'] : []),
  ];
}

function solvedFlags(rankers: readonly RankerAudit[]): readonly string[] {
  const best = rankers.find(isSolved);
  if (best === undefined) return [];
  return [
    `A trivial ranker solves these pairs: "${best.name}" is right on ${percent(best.share)} of the held-out pairs` +
      `${best.low === null || best.high === null ? '' : ` [${percent(best.low)}, ${percent(best.high)}]`}. ` +
      `An accuracy near it shows no understanding.`,
  ];
}

function descriptionFlags({ strata: { described, undescribed } }: SetAudit): readonly string[] {
  const share = undescribed / Math.max(1, described + undescribed);
  return share > 0.5
    ? [`${percent(share)} of the pairs have no description: what is wanted of their code can be undecidable.`]
    : [];
}

/** Fewer are a selection: a source that refuses rejected sides with faults leaves only those where chosen has one. */
const fewestTold = 30;

function judgementFlags({ judgements }: SetAudit): readonly string[] {
  return judgements.flatMap(({ by, agreement }) =>
    agreement !== null && agreement.n >= fewestTold && agreement.high !== null && agreement.high < 0.5
      ? [
          `By ${by}, rejected is more often the better side: chosen is better in ${percent(agreement.share)} of ` +
            `${agreement.n} pairs that can be told.`,
        ]
      : [],
  );
}

function emptyFlags({ identical, emptyChosen, emptyRejected, pairs }: SetAudit): readonly string[] {
  const broken = identical + emptyChosen + emptyRejected;
  return broken === 0
    ? []
    : [
        `Of ${pairs} pairs, ${identical} have equal sides, ${emptyChosen} no chosen and ${emptyRejected} no rejected ` +
          'response.',
      ];
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}
