/** The level of all tests of a page, and what a registered claim may do with it. */
import type { Comparison } from '../report-types.ts';

export const significance = 0.05;

/** With which a difference counts as found. */
export const wantedPower = 0.8;

/** Two seeds make an interval, but no claim. */
export const leastUnits = 3;

/** Of the two-sided test that finds as often: a one-sided one has the whole level at the side where it looks. */
export const levelOf = (isOneSidedTest: boolean): number => (isOneSidedTest ? 2 : 1) * significance;

/** Whether a claim was there before the first result. */
export const isRegistered = (claim: Comparison['claim']): boolean => claim?.registration.status === 'before';

/** Whether the whole level lies on one side. */
export const isOneSided = (claim: Comparison['claim']): boolean =>
  isRegistered(claim) && claim?.direction !== 'different';
