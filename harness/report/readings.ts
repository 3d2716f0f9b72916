/** What a comparison is read as, in words. */
import { isFoundAlone } from './compare/reading.ts';
import type { Comparison, Reading } from './report-types.ts';

export const readingNames: Readonly<Record<Reading, string>> = {
  better: 'better, beyond noise',
  worse: 'worse, beyond noise',
  'not-distinguishable': 'within noise',
  'no-claim': 'no claim',
  missing: 'not comparable',
};

export const readingText = (comparison: Comparison): string =>
  isFoundAlone(comparison) ? 'beyond noise here, not shown' : readingNames[comparison.reading];
