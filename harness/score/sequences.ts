/** Whole sequences of token ids -> a question: what they have in common at their start is its prompt. */
import type { ScoredQuestion } from './batches.ts';

/** @param pad `transformers` reads the reward at the last token that is not this one; null = at the last. */
export function questionOf(sequences: readonly Int32Array[], pad: number | null): ScoredQuestion {
  return withCommonStart(sequences.map((sequence) => withoutPadding(sequence, pad)));
}

function withoutPadding(tokens: Int32Array, pad: number | null): Int32Array {
  return pad === null ? tokens : tokens.subarray(0, Math.max(1, tokens.findLastIndex((token) => token !== pad) + 1));
}

/** A response keeps at least its last token, where the reward is read. */
function withCommonStart(sequences: readonly Int32Array[]): ScoredQuestion {
  const first = sequences[0] ?? new Int32Array(0);
  let common = sequences.reduce((shortest, { length }) => Math.min(shortest, length - 1), Infinity);
  for (const sequence of sequences) {
    let same = 0;
    while (same < common && sequence[same] === first[same]) same += 1;
    common = same;
  }
  return {
    prompt: first.subarray(0, Math.max(0, common)),
    responses: sequences.map((sequence) => sequence.subarray(Math.max(0, common))),
  };
}
