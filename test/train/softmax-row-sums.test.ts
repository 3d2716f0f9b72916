/** Heads that share a key head must not cost the softmax gradient its cheap row sums. */
import { expect, test } from 'vitest';
import { smallModels } from '../../harness/bench/small-models.ts';
import { trainProgram } from '../../harness/train/index.ts';

test.each(['qwen2', 'gpt2'] as const)('%s sums no array of attention weights', (family) => {
  const model = smallModels.find((one) => one.family === family);
  if (model === undefined) throw new Error(`no small model of ${family}`);
  const sums = trainProgram(model, 'pairwise+lm', 1).tensors.filter(({ op }) => op === 'sum');
  const shapes = sums.map(({ inputs: [summed] }) => summed?.shape ?? []);
  // Outputs of heads, whose last size is known; that of weights is the number of keys, which batches tell.
  expect(shapes.filter((shape) => shape.length === 4 && shape.at(-1) === 8)).toHaveLength(model.layers);
  expect(shapes.filter((shape) => shape.length === 4 && typeof shape.at(-1) === 'string')).toEqual([]);
});
