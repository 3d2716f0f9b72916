/** Generators and descriptions in an experiment: what they are in an identity, and what is refused. */
import { afterAll, describe, expect, it } from 'vitest';
import { builtInKinds, readExperiment } from '../../harness/kinds/index.ts';
import { formatSpecErrors } from '../../harness/spec/index.ts';
import { planExperiment, planInputs, type Plan } from '../../harness/plan/index.ts';
import { edited } from '../spec/base-experiment.ts';
import { PluginFolder } from './plugin-folder.ts';

const folder = new PluginFolder();
afterAll(() => folder.remove());

const writer = (size: number, more = ''): string =>
  `{kind: trained, model: {name: w${size}, family: qwen2, hiddenSize: ${size}, layers: 1, heads: 2, keyValueHeads: 1, ` +
  `intermediateSize: 32, contextLength: 128}, pretrain: {budget: {pairs: 160}, pairsPerStep: 16, ` +
  `optimizer: {kind: adamw, learningRate: 1e-3}, schedule: {kind: wsd, warmup: {steps: 1}}}${more}}`;
const server = (more = ''): string => `{kind: endpoint, baseUrl: "http://127.0.0.1:8000/v1", model: m${more}}`;

function written(pairs: string, descriptions = '{kind: doc-comment}'): string {
  const text = edited(['pairs: {kind: mutate}', `descriptions: ${descriptions}\npairs: ${pairs}`]);
  return folder.write('x.yaml', text);
}

async function plan(pairs: string, descriptions?: string): Promise<Plan> {
  const { result } = await readExperiment(written(pairs, descriptions));
  if (!result.ok) throw new Error(formatSpecErrors(result.errors));
  return planExperiment(result.spec, planInputs(builtInKinds));
}

const idsOf = ({ stages }: Plan, ...kinds: readonly string[]): readonly string[] =>
  stages.filter(({ kind }) => kinds.length === 0 || kinds.includes(kind)).map(({ id }) => id);

const models = (stronger: string, weaker: string): string => `{kind: models, stronger: ${stronger}, weaker: ${weaker}}`;

describe('a generator that the experiment trains', () => {
  it('is a chain of stages of its own, whatever trains on its pairs', async () => {
    const stages = (await plan(models(writer(16), server()))).stages;
    const completions = stages.filter(({ kind }) => kind === 'completions');
    const trained = completions.find(({ inputs }) => 'model' in inputs);
    const model = stages.find(({ id }) => id === trained?.inputs['model']);
    expect(completions.map(({ inputs }) => Object.keys(inputs).toSorted())).toEqual([
      ['descriptions', 'model', 'tokenizer'],
      ['descriptions'],
    ]);
    expect(model).toMatchObject({ kind: 'decay', config: { objective: { kind: 'lm' }, model: { name: 'w16' } } });
  });

  it('is trained once for all sources that name it, and its sampling is no part of the model', async () => {
    const [one, other] = [
      await plan(models(writer(16), server())),
      await plan(models(writer(16, ', topP: 0.5'), server())),
    ];
    const trunks = ({ stages }: Plan): readonly string[] =>
      stages.filter(({ config }) => JSON.stringify(config).includes('"w16"')).map(({ id }) => id);
    expect(trunks(one)).toHaveLength(2);
    expect(trunks(other)).toEqual(trunks(one));
    expect(idsOf(other, 'completions')[0]).not.toBe(idsOf(one, 'completions')[0]);
  });
});

it('a generator that the experiment trains learns to end', async () => {
  const endless = writer(16).replace('contextLength: 128', 'contextLength: 128, responseEnd: none');
  await expect(plan(models(endless, server()))).rejects.toThrow(
    /pairs\.stronger\.model\.responseEnd: expected null: with its end token a generator .*, found none/,
  );
});

describe('a server', () => {
  it('is the model and how it is asked, not where it stands or what may be spent', async () => {
    const before = await plan(models(server(', maxTokens: 99'), server()));
    const elsewhere =
      '{kind: endpoint, baseUrl: "https://far.example/v1", model: m, maxTokens: 99, concurrency: 2, timeoutSeconds: 9, ' +
      'maxAttempts: 2, keyVariable: K, budget: {tokens: 5}}';
    expect(idsOf(await plan(models(elsewhere, server())))).toEqual(idsOf(before));
    for (const change of [', model: n', ', temperature: 0.1', ', system: "Be brief."', ', answer: text']) {
      const changed = elsewhere.replace(', model: m', change.includes('model') ? change : `, model: m${change}`);
      const [first, second] = idsOf(await plan(models(changed, server())), 'completions');
      expect(first).not.toBe(idsOf(before, 'completions')[0]);
      expect(second).toBe(idsOf(before, 'completions')[1]);
    }
  });
});

describe('descriptions', () => {
  it('change the prompts with their template, and so the pairs, but neither corpus nor tokenizer', async () => {
    const [plain, other] = [
      await plan('{kind: mutate}'),
      await plan('{kind: mutate}', '{kind: doc-comment, template: "{signature}"}'),
    ];
    for (const kind of ['corpus', 'tokenizer', 'task']) expect(idsOf(other, kind)).toEqual(idsOf(plain, kind));
    for (const kind of ['descriptions', 'pairs', 'pretrain'])
      expect(idsOf(other, kind)).not.toEqual(idsOf(plain, kind));
  });

  it('by a model come from a stage of their own', async () => {
    const { stages } = await plan(
      '{kind: mutate}',
      `{kind: model, generator: ${server()}, ask: "What is this? {signature}"}`,
    );
    const asked = stages.find(({ kind }) => kind === 'completions');
    expect(asked).toMatchObject({ config: { response: 'description' } });
    expect(Object.keys(asked?.inputs ?? {})).toEqual(['corpus']);
    expect(stages.find(({ kind }) => kind === 'descriptions')?.inputs).toMatchObject({ completions: asked?.id });
  });
});

describe('a mixture', () => {
  it('stands on its parts, which are what they would be alone', async () => {
    const alone = await plan('{kind: mutate, seed: 7}');
    const mixed = await plan(
      `{kind: mix, weights: {a: 1, b: 2}, parts: {a: {kind: mutate, seed: 7}, b: {kind: mutate, seed: 8}}}`,
    );
    const mix = mixed.stages.find(({ inputs }) => 'part-a' in inputs);
    expect(mix?.inputs['part-a']).toBe(idsOf(alone, 'pairs')[0]);
    expect(mix?.config).toMatchObject({ pairs: { kind: 'mix', weights: { a: 1, b: 2 } } });
  });
});

describe('what is refused, by file, line and field', () => {
  it.each([
    [models(writer(15), server()), 'pairs.stronger.model.heads: expected a divisor of hiddenSize (15), found 2'],
    [models(server(), server()), 'pairs.weaker: expected another model than stronger, found the same'],
    [
      models(server(', budget: {money: 3}'), writer(16)),
      'pairs.stronger.price: expected prices, for a budget of money',
    ],
    [
      models('{kind: endpoint, baseUrl: "localhost:1", model: m}', server()),
      'pairs.stronger.baseUrl: expected an address',
    ],
    ['{kind: source, weaker: {kind: checkpoint, path: none}}', 'pairs.weaker.path: expected a folder with config.json'],
    ['{kind: functions}', 'pairs.kind: expected a source of preference pairs, for the objective pmp'],
    [
      '{kind: mix, weights: {a: 1, c: 1}, parts: {a: {kind: mutate}, b: {kind: mutate}}}',
      'pairs.weights.c: expected a part: a, b',
    ],
    [
      '{kind: mix, weights: {a: 1, b: 1}, parts: {a: {kind: mutate}, b: {kind: functions}}}',
      'pairs.parts.b: expected a source of preference pairs',
    ],
  ])('%s', async (pairs, message) => {
    const { result } = await readExperiment(written(pairs));
    const text = result.ok ? 'valid' : formatSpecErrors(result.errors);
    expect(text).toMatch(/x\.yaml:\d+:\d+: /);
    expect(text).toContain(message);
  });

  it.each([
    [
      '{kind: doc-comment, template: "{signature} {code}"}',
      'descriptions.template: expected {description}, {comment}, {signature}, {language}, found {code}',
    ],
    [
      '{kind: doc-comment, template: "{signature} it"}',
      'descriptions.template: expected a prompt that ends with {signature}',
    ],
    [
      '{kind: template, text: "{word}"}',
      'descriptions.text: expected {name}, {words}, {parameters}, {language}, found {word}',
    ],
  ])('%s', async (descriptions, message) => {
    const { result } = await readExperiment(written('{kind: mutate}', descriptions));
    expect(result.ok ? 'valid' : formatSpecErrors(result.errors)).toContain(message);
  });
});
