import type { PreferencePair } from '../../harness/data/preference-pair.ts';

/** A pair of which nothing but its texts is known. */
export const barePair = (prompt: string, chosen: string, rejected: string): PreferencePair => ({
  id: '',
  group: '',
  prompt,
  chosen,
  rejected,
  source: '',
  edits: [],
});
