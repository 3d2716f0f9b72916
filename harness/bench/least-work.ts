/**
 * The matrix products that a training step on pairs cannot do without: a prompt once for both its responses, no
 * padding, attention to earlier tokens only, logits at labels, the last layer where it is read. What a program computes
 * beside that is its own. Norms, softmax and the optimizer are left out: a few per cent.
 */
import { headSizeOf, type ModelConfig } from '../model/index.ts';

/** Pairs of equal lengths; both responses are as long. */
export interface EqualPairs {
  readonly pairs: number;
  readonly promptTokens: number;
  readonly responseTokens: number;
}

/** Forward and backward FLOPs of a step with both losses: three times the forward's, a multiply-add as two. */
export function leastFlops(model: ModelConfig, { pairs, promptTokens: P, responseTokens: R }: EqualPairs): number {
  const { hiddenSize: D, layers, intermediateSize: F, vocabSize } = model;
  const [queries, keys] = [model.heads * headSizeOf(model), model.keyValueHeads * headSizeOf(model)];
  const tokens = P + 2 * R;
  // Labels of the chosen response, and the last token of each.
  const read = R + 2;
  const seen = triangle(P) + 2 * (R * P + triangle(R));
  const seenByRead = R * P + triangle(R) + 2 * (P + R);
  const perQuery = 2 * D * queries + 3 * D * F;
  const whole = (layers - 1) * (tokens * (perQuery + 2 * D * keys) + 2 * seen * queries);
  const last = tokens * 2 * D * keys + read * perQuery + 2 * seenByRead * queries;
  return 6 * pairs * (whole + last + R * D * vocabSize);
}

/** Pairs of tokens of a row of which one sees the other, or itself. */
const triangle = (length: number): number => (length * (length + 1)) / 2;
