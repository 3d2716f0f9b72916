/** A model as the config.json of a checkpoint describes it: an architecture and the size of its vocabulary. */
import type { ModelSpec } from '../spec/experiment-schema.ts';

export interface ModelConfig extends ModelSpec {
  readonly vocabSize: number;
  /** The reward head adds a constant (see head-names.ts): some heads of others do. */
  readonly hasScoreBias?: true;
}

const made = new WeakMap<ModelSpec, Map<number, ModelConfig>>();

/**
 * The config of an architecture whose tokenizer has `vocabSize` tokens. Equal arguments give the same object, so that
 * what is remembered per model object (its cost) is found again.
 */
export function modelConfig({
  model,
  vocabSize,
}: {
  readonly model: ModelSpec;
  readonly vocabSize: number;
}): ModelConfig {
  const perVocabulary = made.get(model) ?? new Map<number, ModelConfig>();
  made.set(model, perVocabulary);
  const config = perVocabulary.get(vocabSize) ?? { ...model, vocabSize };
  perVocabulary.set(vocabSize, config);
  return config;
}
