/** What a gate says of one metric, before and after it is judged beside all others. */
import type { Center, Interval } from '../stats/index.ts';

/**
 * `regressed`: worse beyond noise. `passed`: not. `identical`: equal in every single value. `inconclusive`: there is
 * something to compare, or should be, and it does not suffice. `not comparable`: the two were measured on different
 * hardware. `new`: the baseline does not have it.
 */
export const outcomes = ['regressed', 'inconclusive', 'not comparable', 'passed', 'identical', 'new'] as const;
export type FindingOutcome = (typeof outcomes)[number];

/** The two sides of a metric as numbers, and the test of "the candidate is worse". */
export interface Tested {
  /** Shares of 1, or milliseconds. */
  readonly baseline: number;
  readonly candidate: number;
  /** Candidate minus baseline, or the ratio of times minus 1. */
  readonly change: number;
  /** 95 %, of the change. */
  readonly interval: Interval | null;
  /**
   * 95 % interval of the change over items too, for quality: would it be so on other items of the same sort? Takes a
   * moment; null where it is not known.
   */
  readonly itemInterval: () => Interval | null;
  /** Seeds, rounds or runs. */
  readonly n: number;
  /** Of "no worse than the tolerance". */
  readonly p: number;
  readonly loss: Loss;
}

/** Losses, one a unit, in the scale of the test (shares, or logarithms of ratios): positive is worse. */
export interface Loss {
  /** null where the two sides are not paired. */
  readonly units: readonly UnitLoss[] | null;
  readonly center: Center;
  /** What is tolerated. */
  readonly bound: number;
  readonly centerOf: (values: readonly number[]) => Center;
  /** From the scale of the test to that of `change`. */
  readonly asChange: (loss: number) => number;
}

export interface UnitLoss {
  /** Equal where two metrics were measured together: a seed of an experiment, a round. */
  readonly unit: string;
  readonly loss: number;
}

/** A metric before it is judged. `tested` is null where there is nothing to test, and `outcome` then says why. */
export interface Draft {
  readonly kind: 'quality' | 'speed';
  readonly name: string;
  readonly tested: Tested | null;
  /** Decided already; null where the test decides. */
  readonly outcome: Exclude<FindingOutcome, 'regressed' | 'passed'> | null;
  /** Of the outcome, and what a reader should know besides; one sentence each. */
  readonly notes: readonly string[];
}

export interface Finding extends Omit<Draft, 'outcome'> {
  readonly outcome: FindingOutcome;
  /** By Holm, over all metrics of the gate; null where nothing was tested. */
  readonly adjustedP: number | null;
  /**
   * The smallest true worsening that is found with 80 % power at this noise, in the scale of `change` without its
   * sign; null where there is no noise to go by.
   */
  readonly detectable: number | null;
}
