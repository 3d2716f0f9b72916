import type { EncodedPair } from '../preference-pair.ts';

const parts = ['prompt', 'chosen', 'rejected'] as const;

/** Counts pairs and their tokens one pair at a time. */
export class TokenTotals {
  readonly #tokens = { prompt: 0, chosen: 0, rejected: 0 };
  #pairs = 0;

  add(pair: EncodedPair): void {
    this.#pairs += 1;
    for (const part of parts) this.#tokens[part] += pair[part].length;
  }

  /** The number of pairs and their mean lengths, by the names under which a stage records them. */
  counts(): Readonly<Record<string, number>> {
    const means = parts.map((part) => [`mean_${part}_tokens`, this.#tokens[part] / Math.max(1, this.#pairs)]);
    return { pairs: this.#pairs, ...(Object.fromEntries(means) as Record<string, number>) };
  }
}
