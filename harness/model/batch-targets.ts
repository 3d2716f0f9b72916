/**
 * The targets of a batch as data: which tokens carry LM labels, and which tokens make a reward. The graph knows neither
 * pairs nor pooling.
 */
import type { ModelSpec } from '../spec/experiment-schema.ts';
import type { PackedRows, ResponseSpan } from './pack-rows.ts';

export interface LmLabels {
  /** Packed tokens whose hidden state predicts a label. */
  readonly labelRows: Int32Array; // [L]
  readonly labelTargets: Int32Array; // [L]
}

export interface WeightedLabels extends LmLabels {
  readonly labelWeights: Float32Array; // [L]
}

/**
 * Labels on the first response of every row (the chosen one): the last prompt token predicts its first token, and so on
 * to its last. Prompts and rejected responses carry none: the model would learn to write rejected code.
 */
export function lmLabels(packed: PackedRows): LmLabels {
  const chosen = packed.spans.filter((span, index) => index === 0 || packed.spans[index - 1]?.row !== span.row);
  const labels = emptyLabels(chosen);
  let label = 0;
  for (const span of chosen) {
    // The first response follows its prompt, whose last token is simply the packed neighbour.
    placeLabels(labels, packed, span, { label, promptEnd: span.start - 1 });
    label += span.length;
  }
  return labels;
}

/** Labels `label` and following: the tokens of a response, each predicted by the one before. */
function placeLabels(
  { labelRows, labelTargets }: LmLabels,
  { tokenIds }: PackedRows,
  { start, length }: ResponseSpan,
  { label, promptEnd }: { readonly label: number; readonly promptEnd: number },
): void {
  labelTargets.set(tokenIds.subarray(start, start + length), label);
  labelRows[label] = promptEnd;
  for (let i = 1; i < length; i += 1) labelRows[label + i] = start + i - 1;
}

function emptyLabels(labelled: readonly ResponseSpan[]): LmLabels {
  const total = labelled.reduce((sum, { length }) => sum + length, 0);
  return { labelRows: new Int32Array(total), labelTargets: new Int32Array(total) };
}

/**
 * Labels on given responses, which may lie anywhere in their rows, each with the number of pairs it is chosen in: its
 * loss counts that often, and is computed once.
 */
export function weightedLabels(packed: PackedRows, chosen: readonly ResponseSpan[]): WeightedLabels {
  const times = countsOf(chosen);
  const promptEnds = promptEndsOf(packed);
  const labels = emptyLabels([...times.keys()]);
  const labelWeights = new Float32Array(labels.labelRows.length);
  let label = 0;
  for (const [span, weight] of times) {
    placeLabels(labels, packed, span, { label, promptEnd: promptEnds.get(span.row) as number });
    labelWeights.fill(weight, label, label + span.length);
    label += span.length;
  }
  return { ...labels, labelWeights };
}

function countsOf(spans: readonly ResponseSpan[]): ReadonlyMap<ResponseSpan, number> {
  const times = new Map<ResponseSpan, number>();
  for (const span of spans) times.set(span, (times.get(span) ?? 0) + 1);
  return times;
}

/** Row -> the packed token before its first response. */
function promptEndsOf({ spans }: PackedRows): ReadonlyMap<number, number> {
  const ends = new Map<number, number>();
  for (const { row, start } of spans) if (!ends.has(row)) ends.set(row, start - 1);
  return ends;
}

/** What pooling reads of packed rows: all packed tokens, or the read ones alone, numbered among themselves. */
export type PooledRows = Pick<PackedRows, 'rows' | 'tokens' | 'spans'>;

/**
 * Reward of a response = its row here times the token scores: one-hot of its last token, or 1/n over its n tokens.
 * Row-major [R, N].
 */
export function rewardPooling(packed: PooledRows, pooling: ModelSpec['rewardPooling']): Float32Array {
  const matrix = new Float32Array(packed.spans.length * packed.tokens);
  for (const [index, span] of packed.spans.entries()) addPooling(matrix, index * packed.tokens, span, pooling, 1);
  return matrix;
}

/** A pair by where its two responses lie. */
export interface PairSpans {
  readonly chosen: ResponseSpan;
  readonly rejected: ResponseSpan;
}

/**
 * Margin of a pair = its row here times the token scores: pooling of the chosen minus pooling of the rejected response.
 * Row-major [P, N].
 * @param pairs By default each row is one pair, its two responses in this order; throws RangeError where rows hold
 * others.
 */
export function marginPooling(
  packed: PooledRows,
  pooling: ModelSpec['rewardPooling'],
  pairs: readonly PairSpans[] = neighbours(packed),
): Float32Array {
  return pairPooling(packed, pooling, pairs, -1);
}

/** The same for the sum of a pair's two rewards, whose square is what reward centering adds to the loss. */
export function rewardSumPooling(
  packed: PooledRows,
  pooling: ModelSpec['rewardPooling'],
  pairs: readonly PairSpans[] = neighbours(packed),
): Float32Array {
  return pairPooling(packed, pooling, pairs, 1);
}

function pairPooling(
  packed: PooledRows,
  pooling: ModelSpec['rewardPooling'],
  pairs: readonly PairSpans[],
  rejectedSign: 1 | -1,
): Float32Array {
  const matrix = new Float32Array(pairs.length * packed.tokens);
  for (const [index, { chosen, rejected }] of pairs.entries()) {
    addPooling(matrix, index * packed.tokens, chosen, pooling, 1);
    addPooling(matrix, index * packed.tokens, rejected, pooling, rejectedSign);
  }
  return matrix;
}

function neighbours(packed: PooledRows): readonly PairSpans[] {
  if (packed.spans.length !== 2 * packed.rows)
    throw new RangeError(
      `a preference pair is one row with two responses: found ${packed.spans.length} responses in ${packed.rows} rows`,
    );
  return Array.from({ length: packed.rows }, (_, row) => ({
    chosen: packed.spans[2 * row] as ResponseSpan,
    rejected: packed.spans[2 * row + 1] as ResponseSpan,
  }));
}

/** Adds, because a pair of two equal responses may hold one span twice. */
function addPooling(
  matrix: Float32Array,
  line: number,
  span: ResponseSpan,
  pooling: ModelSpec['rewardPooling'],
  sign: 1 | -1,
): void {
  const last = line + span.start + span.length - 1;
  if (pooling === 'last') matrix[last]! += sign;
  else for (let token = line + span.start; token <= last; token += 1) matrix[token]! += sign / span.length;
}
