/**
 * What an audit says about preference pairs: the answer to "how often is chosen really better?", and to what a model
 * could learn from them without reading. Plain JSON; types only. docs/audit.md explains every number.
 */

/** Of one quantity over the pairs of the sample. */
export interface Spread {
  readonly mean: number;
  readonly q05: number;
  readonly median: number;
  readonly q95: number;
}

export interface SideLengths {
  readonly unit: 'characters' | 'lines' | 'tokens';
  readonly chosen: Spread;
  readonly rejected: Spread;
  /** Chosen minus rejected. */
  readonly difference: Spread;
  /** Shares of the pairs. */
  readonly chosenLonger: number;
  readonly equal: number;
}

/** A share with its 95 % interval. The interval widens where pairs of one group agree with each other. */
export interface AuditedShare {
  readonly share: number;
  /** null where there are fewer than two independent groups. */
  readonly low: number | null;
  readonly high: number | null;
  readonly n: number;
  /** Independent pairs that would tell as much. */
  readonly effectiveN: number;
}

/** Shares of the responses of one side; `n` is that of the judgement. */
export interface SignalShares {
  readonly parses: number;
  readonly unreachable: number;
  readonly usedBeforeDeclaration: number;
  readonly unknownNames: number;
  readonly unusedArguments: number;
}

/** One witness of which side is better. */
export interface Judgement {
  /**
   * `execution`: tests that were run now. `labels`: tests that the source of the pairs says it ran. `signals`: what can
   * be seen without running anything.
   */
  readonly by: 'execution' | 'labels' | 'signals';
  /** Pairs that were looked at. */
  readonly n: number;
  /** Pairs of which chosen is the better side, the worse side, and neither can be told. */
  readonly agree: number;
  readonly disagree: number;
  readonly silent: number;
  /** agree / (agree + disagree); null where it says nothing about any pair. */
  readonly agreement: AuditedShare | null;
}

/** One set of pairs: the trained ones, or the held-out ones. */
export interface SetAudit {
  readonly pairs: number;
  readonly groups: number;
  /** Name -> pairs; the most frequent first, the rest as `others`. */
  readonly sources: Readonly<Record<string, number>>;
  readonly languages: Readonly<Record<string, number>>;
  readonly strata: { readonly described: number; readonly undescribed: number; readonly notApplicable: number };
  /** What distinguishes the rejected responses: kind of edit -> edits. */
  readonly edits: Readonly<Record<string, number>>;
  readonly identical: number;
  readonly emptyChosen: number;
  readonly emptyRejected: number;
  /** Pairs whose prompt and both sides were there before. */
  readonly duplicates: number;
  /** Pairs of the seeded sample; lengths, distances and judgements are of it. */
  readonly sampled: number;
  readonly lengths: readonly SideLengths[];
  /** Edits of tokens that turn one side into the other, by the tokens of the longer side: 0 equal, 1 all different. */
  readonly editDistance: Spread | null;
  readonly signals: { readonly n: number; readonly chosen: SignalShares; readonly rejected: SignalShares } | null;
  readonly judgements: readonly Judgement[];
}

/** Trained pairs that stand among the held-out ones too, in whole or in part. */
export interface SplitAudit {
  readonly sameGroup: number;
  readonly samePair: number;
  readonly samePrompt: number;
  readonly sameResponse: number;
  /** Held-out responses of which half of the runs of 13 tokens stand in one trained response; equal ones included. */
  readonly nearResponses: number;
  readonly heldOutResponses: number;
}

export interface RankerAudit extends AuditedShare {
  readonly name: string;
  /** Whether it was fitted to trained pairs. */
  readonly isTrained: boolean;
}

export interface Audit {
  readonly auditVersion: 1;
  readonly trained: SetAudit;
  readonly heldOut: SetAudit;
  readonly split: SplitAudit;
  /** On held-out pairs, the most accurate first. */
  readonly rankers: readonly RankerAudit[];
  readonly isSolvedByTrivialRanker: boolean;
  /** What a reader must know before any accuracy on these pairs is believed; sentences. */
  readonly flags: readonly string[];
}
