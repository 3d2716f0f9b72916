/** What a comparison is read as, in words. */
import type { Reading } from './report-types.ts';

export const readingNames: Readonly<Record<Reading, string>> = {
  better: 'better, beyond noise',
  worse: 'worse, beyond noise',
  'not-distinguishable': 'within noise',
  'no-claim': 'no claim',
  missing: 'not comparable',
};
