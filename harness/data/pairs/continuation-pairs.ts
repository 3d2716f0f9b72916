/**
 * Preference pairs from plain text: a document cut between two sentences, its own next sentence preferred to that of
 * another document. Every sentence that is preferred in one pair is rejected in another, beside one of nearly the same
 * length: a response alone says nothing, only whether it goes on from its prompt.
 */
import { randomStream } from '../../random/index.ts';
import type { PreferencePair } from '../preference-pair.ts';

export interface TextDocument {
  readonly id: string;
  readonly text: string;
}

export interface ContinuationOptions {
  /** At most so many cuts of one document. */
  readonly cutsPerDocument: number;
  /** The end of a prompt that is kept, to whole sentences; longer responses are left out. */
  readonly maxCharacters: number;
  readonly seed: number;
}

interface Cut {
  readonly document: string;
  readonly number: number;
  readonly prompt: string;
  readonly next: string;
}

/** Pairs in a seeded order. `counts`: documents and cuts left out, by reason. */
export function continuationPairs(
  documents: readonly TextDocument[],
  { cutsPerDocument, maxCharacters, seed }: ContinuationOptions,
  counts: Record<string, number>,
): readonly PreferencePair[] {
  const random = randomStream(seed, 'continuations', 'cuts');
  const cuts = documents.flatMap(({ id, text }) => {
    const possible = cutsOf(id, sentencesOf(text), maxCharacters);
    if (possible.length === 0) add(counts, 'document: nothing to cut');
    return random.shuffled(possible).slice(0, cutsPerDocument);
  });
  const ordered = random.shuffled(cuts).toSorted((a, b) => a.next.length - b.next.length);
  return randomStream(seed, 'continuations', 'order').shuffled(swapped(ordered, counts));
}

/** Each with the white space behind it. */
function sentencesOf(text: string): readonly string[] {
  return text.split(/(?<=[.!?]["')]?\s+)(?=\S)|(?<=\n)(?=\S)/);
}

function cutsOf(document: string, sentences: readonly string[], maxCharacters: number): readonly Cut[] {
  return sentences.slice(1).flatMap((sentence, index): readonly Cut[] => {
    const next = sentence.trimEnd();
    if (next.length < leastCharacters || next.length > maxCharacters) return [];
    const prompt = endOf(sentences.slice(0, index + 1), maxCharacters);
    return prompt === '' ? [] : [{ document, number: index + 1, prompt, next }];
  });
}

/** Shorter sentences (`Yes.`) go on from anything. */
const leastCharacters = 12;

/** As many of the last sentences as fit, at least one. */
function endOf(sentences: readonly string[], maxCharacters: number): string {
  let end = '';
  for (const sentence of sentences.toReversed()) {
    if (end !== '' && end.length + sentence.length > maxCharacters) break;
    end = sentence + end;
  }
  return end.length > maxCharacters ? '' : end;
}

/** Neighbours of another document exchange what comes next. */
function swapped(cuts: readonly Cut[], counts: Record<string, number>): readonly PreferencePair[] {
  const pairs: PreferencePair[] = [];
  let waiting: Cut | null = null;
  for (const cut of cuts) {
    if (waiting === null) waiting = cut;
    else if (waiting.document === cut.document || waiting.next === cut.next) add(counts, 'cut: like its neighbour');
    else {
      pairs.push(pairOf(waiting, cut), pairOf(cut, waiting));
      waiting = null;
    }
  }
  if (waiting !== null) add(counts, 'cut: without a neighbour');
  return pairs;
}

function pairOf({ document, number, prompt, next }: Cut, other: Cut): PreferencePair {
  return {
    id: `${document}/${number}`,
    group: document,
    prompt,
    chosen: next,
    rejected: other.next,
    source: document,
    edits: [],
  };
}

function add(counts: Record<string, number>, reason: string): void {
  counts[reason] = (counts[reason] ?? 0) + 1;
}
