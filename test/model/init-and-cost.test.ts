import { describe, expect, it } from 'vitest';
import {
  add,
  costOf as graphCost,
  crossEntropyRows,
  gradients,
  input,
  matmul,
  programOf,
  sum,
} from '../../harness/graph/index.ts';
import {
  architectureKey,
  costOf,
  declareBatch,
  declareParameters,
  hiddenStates,
  initParameters,
  logitsAt,
  parameterShapes,
  tokenScores,
  trainFlops,
  type ModelConfig,
} from '../../harness/model/index.ts';
import { constantsWith, tinyFamilies, titled } from './tiny-models.ts';

const experimentModel = {
  headSize: null,
  tieEmbeddings: null,
  constants: null,
  name: 'main',
  family: 'qwen2',
  hiddenSize: 96,
  layers: 2,
  heads: 4,
  keyValueHeads: 4,
  intermediateSize: 256,
  contextLength: 160,
  rewardPooling: 'last',
  responseEnd: null,
  initStandardDeviation: 0.02,
  vocabSize: 1024,
} as const;

describe('initParameters', () => {
  it('draws each tensor with its own deviation, and does not depend on other tensors', () => {
    const parameters = initParameters(experimentModel, 7);
    const deviation = (name: string): number => {
      const values = parameters[name] ?? new Float32Array();
      return Math.sqrt(values.reduce((sum, value) => sum + value * value, 0) / values.length);
    };
    // Standard error of a deviation is sigma / sqrt(2n): under 1 % for 9,216 values and more.
    expect(deviation('model.embed_tokens.weight') / 0.02).toBeCloseTo(1, 1.5);
    // Residual: 1/sqrt(2 x 2 layers).
    expect(deviation('model.layers.1.self_attn.o_proj.weight') / (0.02 / 2)).toBeCloseTo(1, 1.5);
    expect(new Set(parameters['model.norm.weight'])).toEqual(new Set([1]));
    expect(new Set(parameters['model.layers.0.self_attn.q_proj.bias'])).toEqual(new Set([0]));
    const wider = initParameters({ ...experimentModel, layers: 3 }, 7);
    expect(wider['model.layers.1.mlp.up_proj.weight']).toEqual(parameters['model.layers.1.mlp.up_proj.weight']);
    expect(initParameters(experimentModel, 8)['score.weight']).not.toEqual(parameters['score.weight']);
  });

  it('starts every norm as the identity, also where the weight is added to 1', () => {
    for (const model of tinyFamilies) {
      const parameters = initParameters(model, 7);
      const norms = Object.keys(parameters).filter((name) => /(norm|ln_.)\.weight$/.test(name));
      const perLayer: Readonly<Record<string, number>> = { qwen3: 4, olmo2: 4, olmo3: 4, gemma2: 4, gemma3: 6 };
      expect(norms.length, model.family).toBe(1 + model.layers * (perLayer[model.family] ?? 2));
      const identity = model.family.startsWith('gemma') ? 0 : 1;
      for (const name of norms) expect(new Set(parameters[name]), name).toEqual(new Set([identity]));
    }
  });
});

describe('costOf', () => {
  it('counts the parameters of a small Qwen2 by hand', () => {
    // Embedding 1024 x 96; a block: norms 2 x 96, q k v 3 x (96 x 96 + 96), o 96 x 96, gate up down 3 x 96 x 256; last
    // norm 96, score 96.
    const block = 2 * 96 + 3 * (96 * 96 + 96) + 96 * 96 + 3 * 96 * 256;
    const cost = costOf(experimentModel);
    expect(cost.paramsTotal).toBe(1024 * 96 + 2 * block + 96 + 96);
    expect(cost.paramsNonEmbedding).toBe(2 * block + 96 + 96);
  });

  it('counts an LM head of its own among the embeddings', () => {
    // d 256, 4 layers, 4 heads, ff 688, vocabulary 4096, no biases: 2 x 4096 x 256 + 4 x (4 x 256 x 256 + 3 x 256 x 688
    // + 2 x 256) + 256 + 256.
    const untied = {
      ...experimentModel,
      family: 'llama',
      hiddenSize: 256,
      layers: 4,
      intermediateSize: 688,
      tieEmbeddings: false,
      vocabSize: 4096,
    } as const;
    expect(costOf(untied)).toMatchObject({
      paramsTotal: 5_261_824,
      paramsNonEmbedding: 5_261_824 - 2 * 4096 * 256,
    });
  });

  it('lets models share a program where they compute the same, and only there', () => {
    const key = (overrides: Partial<ModelConfig>): string => architectureKey({ ...experimentModel, ...overrides });
    const plain = key({});
    expect(key({ name: 'other', rewardPooling: 'mean', initStandardDeviation: 1 })).toBe(plain);
    // The family's own value, written out.
    expect(
      key({ headSize: 24, tieEmbeddings: true, constants: constantsWith({ ropeTheta: 10_000, activation: 'silu' }) }),
    ).toBe(plain);
    const others = [
      { family: 'llama' },
      { headSize: 12 },
      { tieEmbeddings: false },
      { constants: constantsWith({ ropeTheta: 5000 }) },
      { constants: constantsWith({ ropeScaling: { kind: 'linear', factor: 2 } }) },
    ] as const;
    expect(new Set([plain, ...others.map(key)]).size).toBe(others.length + 1);
  });

  it.each(tinyFamilies.map(titled))('agrees with the tensors that $title really has', ({ model }) => {
    const allocated = Object.values(initParameters(model, 0)).reduce((sum, values) => sum + values.length, 0);
    const counted = [...parameterShapes(model).values()].reduce(
      (sum, shape) => sum + shape.reduce((a, b) => a * b, 1),
      0,
    );
    expect(costOf(model).paramsTotal).toBe(allocated);
    expect(counted).toBe(allocated);
  });

  const wide = { ...experimentModel, keyValueHeads: 2, headSize: 32 } as const;

  it.each([
    experimentModel,
    { ...experimentModel, family: 'gpt2' as const },
    { ...wide, family: 'llama' as const },
    { ...wide, family: 'gemma2' as const },
    { ...experimentModel, family: 'gpt-neox' as const },
  ])('predicts the matrix products of a PMP step of $family', (model) => {
    // Every token through every layer: a step that reads fewer tokens of the last layer saves some of it.
    const parameters = declareParameters(model);
    const hidden = hiddenStates(model, parameters, declareBatch());
    const margins = matmul(input('marginPooling', ['P', 'N']), tokenScores(parameters, hidden));
    const lm = crossEntropyRows(
      logitsAt(model, parameters, hidden, { rows: input('labelRows', ['L'], 'int32') }),
      input('labelTargets', ['L'], 'int32'),
    );
    const total = add(sum(margins, [0, 1]), sum(lm, [0]));
    const slopes = gradients(total, Object.values(parameters));
    const program = programOf({
      outputs: { total, ...Object.fromEntries(slopes.map((slope, index) => [`slope${index}`, slope])) },
      state: [],
    });
    const sizes = { tokens: 2080, rows: 16, rowLength: 150, labels: 800 };
    const exact = graphCost(program, { N: 2080, B: 16, S: 150, L: 800, P: 16 });
    const ratio = trainFlops(model, sizes) / exact.matmulFlops;
    expect(ratio).toBeGreaterThan(0.97);
    expect(ratio).toBeLessThan(1.03);
  });

  it('is cheap enough to ask for ten thousand trials', () => {
    const start = performance.now();
    for (let trial = 0; trial < 10_000; trial++) costOf(experimentModel);
    expect(performance.now() - start).toBeLessThan(1000);
  });
});
