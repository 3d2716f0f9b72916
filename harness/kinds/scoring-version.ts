/** The part of a task's identity that its scoring is. */
import { scoringNamed } from '../eval/index.ts';

/** null for version 1 and without a scoring: what was recorded before a scoring changed keeps its identity. */
export function scoringVersionOf(scoring: string | undefined): number | null {
  if (scoring === undefined) return null;
  const { version } = scoringNamed(scoring);
  return version === 1 ? null : version;
}
