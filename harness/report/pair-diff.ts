/** A preference pair as people compare it: the prompt, what was changed, and where the sides differ. */
import type { PreferencePair } from '../data/preference-pair.ts';
import { sharedWords, wordDiff, type DiffPart } from '../text/index.ts';

export interface PairDiff {
  readonly id: string;
  /** Where it comes from and why it counts: language, whether it is described, source, group. */
  readonly about: readonly string[];
  /** What was changed; empty where the source does not say. */
  readonly edits: readonly string[];
  readonly prompt: string;
  readonly chosen: string;
  readonly rejected: string;
  /** `first` stands only in rejected, `second` only in chosen; null = the sides have too little in common. */
  readonly parts: readonly DiffPart[] | null;
}

/** Sides with fewer words in common are easier to read one after the other. */
const leastShared = 0.5;

export function pairDiff({ id, group, prompt, chosen, rejected, source, edits, ...more }: PreferencePair): PairDiff {
  const parts = wordDiff(rejected, chosen);
  return {
    id,
    about: [
      more.language ?? 'text',
      ...(more.isDescribed === undefined ? [] : [more.isDescribed ? 'described' : 'no description']),
      ...(more.margin === undefined ? [] : [`margin ${more.margin}`]),
      source,
      ...(group === source || id.startsWith(group) ? [] : [`group ${group}`]),
    ],
    edits,
    prompt,
    chosen,
    rejected,
    parts: sharedWords(parts) < leastShared ? null : parts,
  };
}

/** The parts as plain text, in the notation of `git diff --word-diff`. */
export function plainParts(parts: readonly DiffPart[]): string {
  return parts.map(({ kind, text }) => `${open[kind]}${text}${close[kind]}`).join('');
}

const open = { same: '', first: '[-', second: '{+' } as const;
const close = { same: '', first: '-]', second: '+}' } as const;
