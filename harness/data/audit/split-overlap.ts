/** Whether trained pairs stand among the held-out ones: an accuracy on those would measure memory. */
import { gramHashes, textHash } from '../contamination/gram-hash.ts';
import { GramTable } from '../contamination/gram-table.ts';
import type { PreferencePair } from '../preference-pair.ts';
import type { SplitAudit } from './audit.ts';
import { wordsOf } from '../rankers/linear-ranker.ts';
import { pairText } from './tally.ts';

const runLength = 13;
/** Of the runs of a held-out response. Two functions of one library share phrases; half of the text is a copy. */
const nearShare = 0.5;

/** Holds the held-out pairs as hashes, and is shown the trained ones. */
export class SplitOverlap {
  readonly #groups: HeldTexts;
  readonly #pairs: HeldTexts;
  readonly #prompts: HeldTexts;
  readonly #responses: HeldTexts;
  readonly #near: NearResponses;
  #lastChosen = '';

  constructor(heldOut: readonly PreferencePair[]) {
    this.#groups = new HeldTexts(heldOut.map(({ group }) => group));
    this.#pairs = new HeldTexts(heldOut.map(pairText));
    this.#prompts = new HeldTexts(heldOut.map(({ prompt }) => prompt.trim()));
    const texts = new Set(heldOut.flatMap(({ chosen, rejected }) => [chosen.trim(), rejected.trim()]));
    const responses = [...texts].filter((text) => text !== '');
    this.#responses = new HeldTexts(responses);
    this.#near = new NearResponses(responses);
  }

  see(pair: PreferencePair): void {
    this.#groups.see(pair.group);
    this.#pairs.see(pairText(pair));
    this.#prompts.see(pair.prompt.trim());
    const [chosen, rejected] = [pair.chosen.trim(), pair.rejected.trim()];
    // Pairs of one function lie side by side and share the chosen response.
    for (const response of chosen === this.#lastChosen ? [rejected] : [chosen, rejected]) {
      this.#responses.see(response);
      this.#near.see(response);
    }
    this.#lastChosen = chosen;
  }

  counts(): SplitAudit {
    return {
      sameGroup: this.#groups.found,
      samePair: this.#pairs.found,
      samePrompt: this.#prompts.found,
      sameResponse: this.#responses.found,
      nearResponses: this.#near.found,
      heldOutResponses: this.#responses.held,
    };
  }
}

/** Distinct texts, and how many of them were seen. */
class HeldTexts {
  readonly #texts = new GramTable();
  readonly #seen = new Set<number>();

  constructor(texts: readonly string[]) {
    for (const text of texts) if (text !== '') this.#texts.add(textHash(text));
  }

  get held(): number {
    return this.#texts.size;
  }

  get found(): number {
    return this.#seen.size;
  }

  see(text: string): void {
    const number = this.#texts.numberOf(textHash(text));
    if (number !== -1) this.#seen.add(number);
  }
}

/** Distinct held-out responses by their runs of tokens. Short ones have none, and are found where they are equal. */
class NearResponses {
  readonly #texts = new GramTable();
  readonly #runs = new GramTable();
  /** By run: the responses that have it. */
  readonly #owners: number[][] = [];
  readonly #sizes: number[] = [];
  readonly #near = new Set<number>();

  constructor(responses: readonly string[]) {
    for (const [number, text] of responses.entries()) {
      this.#texts.add(textHash(text));
      const runs = new Set(gramHashes(wordsOf(text), runLength).map((hash) => this.#runs.add(hash)));
      this.#sizes.push(runs.size);
      for (const run of runs) (this.#owners[run] ??= []).push(number);
    }
  }

  get found(): number {
    return this.#near.size;
  }

  see(text: string): void {
    const equal = this.#texts.numberOf(textHash(text));
    if (equal !== -1) this.#near.add(equal);
    const shared = new Map<number, number>();
    const seen = new Set<number>();
    for (const hash of gramHashes(wordsOf(text), runLength)) {
      const run = this.#runs.numberOf(hash);
      if (run === -1 || seen.has(run)) continue;
      seen.add(run);
      for (const owner of this.#owners[run] ?? []) shared.set(owner, (shared.get(owner) ?? 0) + 1);
    }
    for (const [owner, count] of shared) if (count >= nearShare * (this.#sizes[owner] as number)) this.#near.add(owner);
  }
}
