import { describe, expect, it } from 'vitest';
import { costOf as graphCost, gradients, programOf } from '../../harness/graph/index.ts';
import { costOf, declareBatch, declareParameters, initParameters, parameterShapes, trainFlops } from '../../harness/model/index.ts';
import { pmpLoss } from '../../harness/train/index.ts';
import { tinyModels, vocabSize } from './tiny-models.ts';

const experimentModel = { headSize: null, tieEmbeddings: null, constants: null, name: 'main', family: 'qwen2', hiddenSize: 96, layers: 2, heads: 4, keyValueHeads: 4, intermediateSize: 256, contextLength: 160, rewardPooling: 'last', initStandardDeviation: 0.02 } as const;

describe('initParameters', () => {
  it('draws each tensor with its own deviation, and does not depend on other tensors', () => {
    const parameters = initParameters(experimentModel, 1024, 7);
    const deviation = (name: string): number => {
      const values = parameters[name] ?? new Float32Array();
      return Math.sqrt(values.reduce((sum, value) => sum + value * value, 0) / values.length);
    };
    // Standard error of a deviation is sigma / sqrt(2n): under 1 % for 9,216 values and more.
    expect(deviation('model.embed_tokens.weight') / 0.02).toBeCloseTo(1, 1.5);
    expect(deviation('model.layers.1.self_attn.o_proj.weight') / (0.02 / 2)).toBeCloseTo(1, 1.5); // residual: 1/sqrt(2 x 2 layers)
    expect(new Set(parameters['model.norm.weight'])).toEqual(new Set([1]));
    expect(new Set(parameters['model.layers.0.self_attn.q_proj.bias'])).toEqual(new Set([0]));
    const wider = initParameters({ ...experimentModel, layers: 3 }, 1024, 7);
    expect(wider['model.layers.1.mlp.up_proj.weight']).toEqual(parameters['model.layers.1.mlp.up_proj.weight']);
    expect(initParameters(experimentModel, 1024, 8)['score.weight']).not.toEqual(parameters['score.weight']);
  });
});

describe('costOf', () => {
  it('counts the parameters of a small Qwen2 by hand', () => {
    // Embedding 1024 x 96; a block: norms 2 x 96, q k v 3 x (96 x 96 + 96), o 96 x 96, gate up down 3 x 96 x 256; last norm 96, score 96.
    const block = 2 * 96 + 3 * (96 * 96 + 96) + 96 * 96 + 3 * 96 * 256;
    const cost = costOf(experimentModel, 1024);
    expect(cost.paramsTotal).toBe(1024 * 96 + 2 * block + 96 + 96);
    expect(cost.paramsNonEmbedding).toBe(2 * block + 96 + 96);
  });

  it.each(tinyModels)('agrees with the tensors that $family really has', (model) => {
    const allocated = Object.values(initParameters(model, vocabSize, 0)).reduce((sum, values) => sum + values.length, 0);
    const counted = [...parameterShapes(model, vocabSize).values()].reduce((sum, shape) => sum + shape.reduce((a, b) => a * b, 1), 0);
    expect(costOf(model, vocabSize).paramsTotal).toBe(allocated);
    expect(counted).toBe(allocated);
  });

  it.each([experimentModel, { ...experimentModel, family: 'gpt2' as const }])('predicts the matrix products of a PMP step of $family', (model) => {
    const parameters = declareParameters(model, 1024);
    const { total } = pmpLoss(model, 'pairwise+lm', parameters, [declareBatch()]);
    const slopes = gradients(total, Object.values(parameters));
    const program = programOf({ outputs: { total, ...Object.fromEntries(slopes.map((slope, index) => [`slope${index}`, slope])) }, state: [] });
    const sizes = { tokens: 2080, rows: 16, rowLength: 150, labels: 800 };
    const exact = graphCost(program, { N: 2080, B: 16, S: 150, L: 800, P: 16 });
    const ratio = trainFlops(model, 1024, sizes) / exact.matmulFlops;
    expect(ratio).toBeGreaterThan(0.97);
    expect(ratio).toBeLessThan(1.03);
  });

  it('is cheap enough to ask for ten thousand trials', () => {
    const start = performance.now();
    for (let trial = 0; trial < 10_000; trial++) costOf(experimentModel, 1024);
    expect(performance.now() - start).toBeLessThan(1000);
  });
});
