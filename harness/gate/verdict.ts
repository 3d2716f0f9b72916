/** One word for a gate, of the findings on all its metrics, and the exit code of the command line contract. */
import type { Finding, FindingOutcome } from './finding.ts';

export type Verdict = 'regressed' | 'inconclusive' | 'not comparable' | 'passed';

/**
 * A regression is told whatever else is missing. A gate that judged nothing has not passed: it is not comparable where
 * that is why, else inconclusive.
 */
export function verdictOf(findings: readonly Pick<Finding, 'outcome'>[]): Verdict {
  const has = (outcome: FindingOutcome): boolean => findings.some((finding) => finding.outcome === outcome);
  if (has('regressed')) return 'regressed';
  if (has('inconclusive')) return 'inconclusive';
  if (has('passed') || has('identical')) return 'passed';
  return has('not comparable') ? 'not comparable' : 'inconclusive';
}

/** decision 009: 1 is a verdict and nothing else; an empty result is 5. */
export const verdictExitCodes: Readonly<Record<Verdict, number>> = {
  passed: 0,
  regressed: 1,
  inconclusive: 5,
  'not comparable': 5,
};
