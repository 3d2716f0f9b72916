/** The smallest model that the stages' own tests train and score with. */
import { modelConfig } from '../../harness/model/index.ts';
import { modelSchema } from '../../harness/spec/index.ts';

export const vocabSize = 64;

export const toySpec = modelSchema.parse({
  name: 'toy',
  family: 'qwen2',
  hiddenSize: 16,
  layers: 1,
  heads: 2,
  keyValueHeads: 1,
  intermediateSize: 32,
  contextLength: 64,
});

export const toyModel = modelConfig({ model: toySpec, vocabSize });
