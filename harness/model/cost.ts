/**
 * What a model costs, before it exists: parameters and FLOPs, next to the architecture they follow from.
 * "Non-embedding" leaves out token, position and output embeddings (as Kaplan et al., arXiv 2001.08361); a tied LM head
 * is counted as FLOPs, not as parameters.
 */
import { headSizeOf } from './model-sizes.ts';
import { parameterTable } from './parameter-shapes.ts';
import type { ModelConfig } from './model-config.ts';
import { elementsOf } from './safetensors-header.ts';

export interface ModelCost {
  readonly paramsTotal: number;
  readonly paramsNonEmbedding: number;
  /** Forward + backward. An estimate: see `costOf`. */
  readonly trainFlopsPerToken: number;
}

/** Sizes of a packed batch: N tokens in B rows padded to S, L labelled positions (0 without LM loss). */
export interface BatchSizes {
  readonly tokens: number;
  readonly rows: number;
  readonly rowLength: number;
  readonly labels: number;
}

const cached = new WeakMap<ModelConfig, ModelCost>();

/**
 * Cost of a model. FLOPs per token assume what data is not yet known while planning: packed rows `[prompt | chosen |
 * rejected]` of about `contextLength` tokens, a third of them labelled. Remembered per model object, because a plan
 * asks once a trial.
 */
export function costOf(model: ModelConfig): ModelCost {
  const known = cached.get(model);
  if (known) return known;
  const { total, embedding } = countParameters(model);
  const row = model.contextLength;
  const cost = {
    paramsTotal: total,
    paramsNonEmbedding: total - embedding,
    trainFlopsPerToken: trainFlops(model, { tokens: row, rows: 1, rowLength: row, labels: row / 3 }) / row,
  };
  cached.set(model, cost);
  return cost;
}

/**
 * Forward + backward matrix-product FLOPs of one batch: 6 a parameter and token, 12 B S^2 H d a layer for attention
 * (scores and mixing of H heads of size d, computed on the whole padded square), 6 V D a labelled position for the
 * logits. Norms, softmax and the optimizer are left out: a few per cent at our sizes.
 */
export function trainFlops(model: ModelConfig, sizes: BatchSizes): number {
  const { total, embedding } = countParameters(model);
  const attention = 12 * model.layers * sizes.rows * sizes.rowLength ** 2 * model.heads * headSizeOf(model);
  return 6 * (total - embedding) * sizes.tokens + attention + 6 * model.vocabSize * model.hiddenSize * sizes.labels;
}

/**
 * Forward FLOPs of scoring responses to one prompt, which is computed once: 2 a parameter and token, 4 S^2 H d a layer
 * for the attention of each response behind the prompt (S tokens together).
 */
export function scoreFlops(
  model: ModelConfig,
  { prompt, response, responses }: { readonly prompt: number; readonly response: number; readonly responses: number },
): number {
  const { total, embedding } = countParameters(model);
  const attention = 4 * model.layers * responses * (prompt + response) ** 2 * model.heads * headSizeOf(model);
  return 2 * (total - embedding) * (prompt + responses * response) + attention;
}

interface ParameterCount {
  readonly total: number;
  readonly embedding: number;
}

const counted = new WeakMap<ModelConfig, ParameterCount>();

function countParameters(model: ModelConfig): ParameterCount {
  const known = counted.get(model);
  if (known) return known;
  let total = 0;
  let embedding = 0;
  for (const { shape, isEmbedding } of parameterTable(model)) {
    total += elementsOf(shape);
    if (isEmbedding) embedding += elementsOf(shape);
  }
  counted.set(model, { total, embedding });
  return { total, embedding };
}
