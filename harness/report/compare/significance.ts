/** The level of all tests of a page, and what a registered claim may do with it. */
import type { Comparison } from '../report-types.ts';

export const significance = 0.05;

/** Whether a claim was there before the first result. */
export const isRegistered = (claim: Comparison['claim']): boolean => claim?.registration.status === 'before';

/** Whether the whole level lies on one side. */
export const isOneSided = (claim: Comparison['claim']): boolean =>
  isRegistered(claim) && claim?.direction !== 'different';
