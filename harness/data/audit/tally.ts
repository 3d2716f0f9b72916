/** What is counted of every pair while it passes: nothing is kept but counts and hashes. */
import { GramTable } from '../contamination/gram-table.ts';
import { textHash } from '../contamination/gram-hash.ts';
import type { PreferencePair } from '../preference-pair.ts';
import type { SetAudit } from './audit.ts';

const mostNames = 12;

export type Tallied = Pick<
  SetAudit,
  | 'pairs'
  | 'groups'
  | 'sources'
  | 'languages'
  | 'strata'
  | 'edits'
  | 'identical'
  | 'emptyChosen'
  | 'emptyRejected'
  | 'duplicates'
>;

export class Tally {
  readonly #pairs = new GramTable();
  readonly #groups = new GramTable();
  readonly #sources = new Map<string, number>();
  readonly #languages = new Map<string, number>();
  readonly #edits = new Map<string, number>();
  readonly #counts = { pairs: 0, identical: 0, emptyChosen: 0, emptyRejected: 0 };
  readonly #strata = { described: 0, undescribed: 0, notApplicable: 0 };

  see(pair: PreferencePair): void {
    this.#pairs.add(textHash(pairText(pair)));
    this.#groups.add(textHash(pair.group));
    count(this.#sources, sourceName(pair.source));
    count(this.#languages, pair.language ?? 'text');
    for (const edit of pair.edits) count(this.#edits, edit.split(':')[0] ?? edit);
    this.#strata[stratumOf(pair)] += 1;
    this.#counts.pairs += 1;
    if (pair.chosen.trim() === pair.rejected.trim()) this.#counts.identical += 1;
    if (pair.chosen.trim() === '') this.#counts.emptyChosen += 1;
    if (pair.rejected.trim() === '') this.#counts.emptyRejected += 1;
  }

  counts(): Tallied {
    return {
      ...this.#counts,
      groups: this.#groups.size,
      sources: mostFrequent(this.#sources),
      languages: mostFrequent(this.#languages),
      strata: { ...this.#strata },
      edits: mostFrequent(this.#edits),
      duplicates: this.#counts.pairs - this.#pairs.size,
    };
  }
}

/** One text for the prompt and both sides; the sign between them stands in no text of ours. */
export function pairText({ prompt, chosen, rejected }: PreferencePair): string {
  return [prompt, chosen, rejected].join('\u0000');
}

function stratumOf({ isDescribed }: PreferencePair): keyof Tallied['strata'] {
  if (isDescribed === undefined) return 'notApplicable';
  return isDescribed ? 'described' : 'undescribed';
}

/** The package of `package/file:line`; other sources as they are. */
function sourceName(source: string): string {
  return /^((?:@[^/]+\/)?[^/\s]+)\/\S+:\d+/.exec(source)?.[1] ?? source;
}

function count(counts: Map<string, number>, name: string): void {
  counts.set(name, (counts.get(name) ?? 0) + 1);
}

function mostFrequent(counts: ReadonlyMap<string, number>): Readonly<Record<string, number>> {
  const sorted = [...counts].toSorted(([a, x], [b, y]) => y - x || (a < b ? -1 : 1));
  const rest = sorted.slice(mostNames).reduce((sum, [, n]) => sum + n, 0);
  return Object.fromEntries([...sorted.slice(0, mostNames), ...(rest > 0 ? [['others', rest] as const] : [])]);
}
