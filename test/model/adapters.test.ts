/**
 * Low-rank adapters: nothing at the start, the merged model afterwards, and gradients that finite differences confirm.
 */
import { describe, expect, it } from 'vitest';
import { evaluateProgram, onnxruntimeCpu, type DenseArray } from '../../harness/engine/index.ts';
import { gradients, multiply, programOf, sum, type Program, type Tensor } from '../../harness/graph/index.ts';
import {
  adaptedMaps,
  adapterNames,
  adapterScaleName,
  adapterShapes,
  batchFeeds,
  declareAdapters,
  declareBatch,
  declareParameters,
  hiddenStates,
  initAdapters,
  learnedNames,
  mergeAdapters,
  parameterShapes,
  RowPacker,
  scoreName,
  tokenScores,
  type LoraSpec,
  type Parameters,
  type ModelConfig,
} from '../../harness/model/index.ts';
import { randomStream } from '../../harness/random/index.ts';
import { bumpyParameters, randomPairs, tinyFamilies, tinyModels } from './tiny-models.ts';

const lora: LoraSpec = { kind: 'lora', rank: 2, alpha: 3, targets: null, frozenStorage: null };
const packed = (model: ModelConfig) =>
  new RowPacker(model.contextLength).pack(
    randomPairs(3, 7).map(({ prompt, chosen, rejected }) => ({ prompt, responses: [chosen, rejected] })),
  );

/** Adapters away from their start: B is not 0. */
function bumpyAdapters(model: ModelConfig): Parameters {
  return Object.fromEntries(
    [...adapterShapes(model, lora)].map(([name, [rows = 0, columns = 0]]) => {
      const stream = randomStream(4, 'bump', name);
      return [name, Float32Array.from({ length: rows * columns }, () => 0.3 * stream.normal())];
    }),
  );
}

/** Scores of all tokens as ONNX Runtime computes them. */
async function scores(model: ModelConfig, values: Parameters, isAdapted: boolean): Promise<Float32Array> {
  const parameters = {
    ...declareParameters(model),
    ...(isAdapted && declareAdapters(model, lora)),
  };
  const program = programOf({
    outputs: { scores: tokenScores(parameters, hiddenStates(model, parameters, declareBatch())) },
    state: [],
  });
  const session = await onnxruntimeCpu().compile(program);
  const shapes = new Map([...parameterShapes(model), ...(isAdapted ? adapterShapes(model, lora) : [])]);
  const feeds = Object.fromEntries(
    [...shapes].map(([name, shape]) => [name, { data: values[name] ?? new Float32Array(), shape }]),
  );
  const outputs = await session.run({
    ...batchFeeds(packed(model)),
    ...feeds,
    ...(isAdapted && { [adapterScaleName]: lora.alpha / lora.rank }),
  });
  await session.release();
  return outputs['scores'] ?? new Float32Array();
}

const fused = tinyFamilies
  .filter(({ family }) => family === 'phi3')
  .map((model) => ({ ...model, tieEmbeddings: true }));

describe.each([...tinyModels, ...fused])('adapters of $family', (model) => {
  it('change no bit of any score before the first update', async () => {
    const parameters = bumpyParameters(model);
    const start = initAdapters(model, { lora, seed: 1 });
    expect(await scores(model, { ...parameters, ...start }, true)).toEqual(await scores(model, parameters, false));
    // A is not 0, or no gradient would ever reach B.
    for (const map of adaptedMaps(model, lora))
      expect(Math.hypot(...(start[adapterNames.down(map)] ?? []))).toBeGreaterThan(0.1);
  });

  it('merged into the weights give the same scores', async () => {
    const values = { ...bumpyParameters(model), ...bumpyAdapters(model) };
    const unmerged = await scores(model, values, true);
    const merged = mergeAdapters(model, { parameters: values, lora });
    expect(Object.keys(merged)).toEqual([...parameterShapes(model).keys()]);
    const found = await scores(model, merged, false);
    const base = await scores(model, values, false);
    for (const [token, score] of unmerged.entries())
      expect(Math.abs((found[token] ?? NaN) - score), `token ${token}`).toBeLessThan(2e-5);
    expect(Math.max(...unmerged.map((score, token) => Math.abs(score - (base[token] ?? 0))))).toBeGreaterThan(0.1);
  });

  it('have the gradients that finite differences show, and only they and the head have any', () => {
    const parameters = { ...declareParameters(model), ...declareAdapters(model, lora) };
    const found = tokenScores(parameters, hiddenStates(model, parameters, declareBatch()));
    const loss = sum(multiply(found, found), [0, 1]);
    const names = learnedNames(model, lora);
    expect(new Set(names)).toEqual(
      new Set([
        scoreName,
        ...adaptedMaps(model, lora).flatMap((map) => [adapterNames.down(map), adapterNames.up(map)]),
      ]),
    );
    const slopes = gradients(
      loss,
      names.map((name) => parameters[name] as Tensor),
    );
    const values = new Map(
      Object.entries({ ...bumpyParameters(model), ...bumpyAdapters(model) }).map(([name, data]) => [
        name,
        Float64Array.from(data),
      ]),
    );
    const evaluate = (program: Program, given: ReadonlyMap<string, Float64Array>) =>
      evaluateProgram(program, bind(program, model, given));
    const lossProgram = programOf({ outputs: { loss }, state: [] });
    const slopeValues = evaluate(
      programOf({ outputs: Object.fromEntries(slopes.map((slope, i) => [String(i), slope])), state: [] }),
      values,
    );
    for (const [index, name] of names.entries()) {
      const stream = randomStream(2, 'direction', name);
      const [value, slope] = [
        values.get(name) ?? new Float64Array(),
        slopeValues.get(slopes[index] as Tensor)?.data ?? new Float64Array(),
      ];
      const direction = value.map(() => stream.normal());
      const at = (h: number): number =>
        evaluate(lossProgram, new Map([...values, [name, value.map((one, i) => one + h * (direction[i] ?? 0))]])).get(
          loss,
        )?.data[0] ?? NaN;
      const measured = (at(1e-5) - at(-1e-5)) / 2e-5;
      const expected = slope.reduce((total, one, i) => total + one * (direction[i] ?? 0), 0);
      expect(
        Math.abs(measured - expected),
        `${name}: finite difference ${measured}, gradient ${expected}`,
      ).toBeLessThan(1e-6 * (1 + Math.hypot(...slope)));
      expect(Math.hypot(...slope), name).toBeGreaterThan(1e-4);
    }
  });

  it('reach only the maps that are named', () => {
    const others: Readonly<Record<string, string>> = { gpt2: 'mlp.c_proj', 'gpt-neox': 'dense', phi3: 'qkv_proj' };
    const target = others[model.family] ?? 'v_proj';
    const maps = adaptedMaps(model, { targets: [target] });
    expect(maps).toHaveLength(model.layers);
    expect(maps.every((map) => map.endsWith(`.${target}`))).toBe(true);
  });
});

describe('what learns', () => {
  const [qwen2] = tinyModels as readonly [ModelConfig];

  it('is everything, or everything beyond the embeddings and the frozen layers', () => {
    const all = [...parameterShapes(qwen2).keys()];
    expect(learnedNames(qwen2, null)).toEqual(all);
    const learned = (frozenLayers: number) =>
      learnedNames(qwen2, { kind: 'frozen-embeddings', frozenLayers, frozenStorage: null });
    expect(learned(0)).toEqual(all.filter((name) => name !== 'model.embed_tokens.weight'));
    expect(learned(1)).toEqual(
      all.filter((name) => name !== 'model.embed_tokens.weight' && !name.startsWith('model.layers.0.')),
    );
    expect(learned(2)).toEqual(['model.norm.weight', 'score.weight']);
  });
});

function bind(
  program: Program,
  model: ModelConfig,
  values: ReadonlyMap<string, Float64Array>,
): ReadonlyMap<Tensor, DenseArray> {
  const batch = batchFeeds(packed(model));
  return new Map<Tensor, DenseArray>(
    program.inputs.map((tensor) => {
      const { name } = tensor.attributes;
      const fed = batch[name];
      if (fed !== undefined) return [tensor, { data: Float64Array.from(fed.data), shape: [...fed.shape] }];
      if (name === adapterScaleName) return [tensor, { data: Float64Array.of(lora.alpha / lora.rank), shape: [] }];
      return [tensor, { data: values.get(name) ?? new Float64Array(), shape: tensor.shape.map(Number) }];
    }),
  );
}
