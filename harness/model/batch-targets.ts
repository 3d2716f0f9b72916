/** What a batch is asked for, as data: which tokens carry LM labels, and which tokens make a reward. The graph knows neither pairs nor pooling. */
import type { ModelSpec } from '../spec/experiment-schema.ts';
import type { PackedRows, ResponseSpan } from './pack-rows.ts';

export interface LmLabels {
  /** Packed tokens whose hidden state predicts a label. */
  readonly labelRows: Int32Array; // [L]
  readonly labelTargets: Int32Array; // [L]
}

/**
 * Labels on the first response of every row (the chosen one): the last prompt token predicts its first token, and so on to its last. Prompts and
 * rejected responses carry none: imitating rejected code would teach it.
 */
export function lmLabels(packed: PackedRows): LmLabels {
  const chosen = packed.spans.filter((span, index) => index === 0 || packed.spans[index - 1]?.row !== span.row);
  const total = chosen.reduce((sum, span) => sum + span.length, 0);
  const labelRows = new Int32Array(total);
  const labelTargets = new Int32Array(total);
  let label = 0;
  for (const span of chosen) {
    labelTargets.set(packed.tokenIds.subarray(span.start, span.start + span.length), label);
    // The first response follows its prompt, so the token before each label is simply the packed neighbour.
    for (let i = 0; i < span.length; i++) labelRows[label + i] = span.start + i - 1;
    label += span.length;
  }
  return { labelRows, labelTargets };
}

/** Reward of a response = its row here times the token scores: one-hot of its last token, or 1/n over its n tokens. Row-major [R, N]. */
export function rewardPooling(packed: PackedRows, pooling: ModelSpec['rewardPooling']): Float32Array {
  const matrix = new Float32Array(packed.spans.length * packed.tokens);
  for (const [index, span] of packed.spans.entries()) addPooling(matrix, index * packed.tokens, span, pooling, 1);
  return matrix;
}

/** Margin of a pair = its row here times the token scores: pooling of the chosen minus pooling of the rejected response. Rows must hold exactly these two. Row-major [P, N]. */
export function marginPooling(packed: PackedRows, pooling: ModelSpec['rewardPooling']): Float32Array {
  if (packed.spans.length !== 2 * packed.rows) throw new RangeError(`a preference pair is one row with two responses: found ${packed.spans.length} responses in ${packed.rows} rows`);
  const matrix = new Float32Array(packed.rows * packed.tokens);
  for (const [index, span] of packed.spans.entries()) addPooling(matrix, span.row * packed.tokens, span, pooling, index % 2 === 0 ? 1 : -1);
  return matrix;
}

function addPooling(matrix: Float32Array, line: number, span: ResponseSpan, pooling: ModelSpec['rewardPooling'], sign: 1 | -1): void {
  const last = line + span.start + span.length - 1;
  if (pooling === 'last') matrix[last] = sign;
  else matrix.fill(sign / span.length, line + span.start, last + 1);
}
