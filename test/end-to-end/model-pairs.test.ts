/**
 * A sweep whose pairs come from language models that the experiment trains itself: descriptions, both sides of the
 * pairs, and a mixture with mutated code.
 */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { storedCompletions, storedFunctions, storedPrompted, allRows } from '../../harness/data/index.ts';
import { captured, documentOf, type CapturedRun } from '../cli/captured-run.ts';
import { toyAlgebra, toyFinetune, toyModel, toyPretrain } from './toy-sections.ts';

let folder: string;
let first: CapturedRun;

const generator = (name: string, hiddenSize: number, pairs: number): string =>
  `{kind: trained, samples: 2, maxTokens: 12, model: {name: ${name}, family: qwen2, hiddenSize: ${hiddenSize}, ` +
  'layers: 1, heads: 2, keyValueHeads: 1, intermediateSize: 32, contextLength: 128}, ' +
  `pretrain: {budget: {pairs: ${pairs}}, pairsPerStep: 4, optimizer: {kind: adamw, learningRate: 5e-3}, ` +
  'schedule: {kind: wsd, warmup: {steps: 1}}}}';

const spec = `formatVersion: 1
name: written
question: Do pairs of two models reach the training?
seeds: [1]
corpus: {kind: folder, path: code, minCharacters: 30, maxSimilarity: null, heldOutFunctions: 4}
descriptions: {kind: model, generator: ${generator('describer', 16, 16)}, template: "{description}\\n{signature}"}
tokenizer: {kind: bpe, vocabSize: 280}
pairs: &models
  kind: models
  stronger: ${generator('stronger', 24, 64)}
  weaker: ${generator('weaker', 16, 16)}
  dropCutOff: false
${toyModel(192)}
${toyPretrain}
${toyAlgebra}
${toyFinetune}
evaluate: {bestOf: [1, 2]}
sweep:
  axes:
    source:
      models: {}
      source: {pairs: {kind: source, dropCutOff: false, weaker: ${generator('weaker', 16, 16)}}}
      mix:
        pairs:
          kind: mix
          weights: {written: 1, edits: 1}
          parts: {written: *models, edits: {kind: mutate}}
`;

beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'harness-model-pairs-'));
  mkdirSync(path.join(folder, 'code'));
  for (let i = 0; i < 40; i++)
    writeFileSync(
      path.join(folder, 'code', `${i}.js`),
      `${i % 2 === 0 ? `/** Takes ${i} steps down. */\n` : ''}function f${i}(a, b) {\n` +
        `${'  if (a > b) a -= 3;\n'.repeat(1 + (i % 6))}  return a * ${i} + b;\n}\n`,
    );
  writeFileSync(path.join(folder, 'written.yaml'), spec);
  first = await run('sweep', 'written.yaml', '-j', '1', '--json');
}, 120_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const run = (command: string, file: string, ...more: readonly string[]): Promise<CapturedRun> =>
  captured([command, path.join(folder, file), ...more], { HARNESS_RESULTS: path.join(folder, 'results') });

interface Described {
  readonly kind: string;
  readonly config: Readonly<Record<string, { readonly kind?: string } & Readonly<Record<string, unknown>>>>;
  readonly inputs: Readonly<Record<string, string>>;
}

const place = (id: string): string => path.join(folder, 'results/store', id);
const describedStages = (): ReadonlyMap<string, Described> =>
  new Map(
    readdirSync(path.join(folder, 'results/store')).map((id) => [
      id,
      JSON.parse(readFileSync(path.join(place(id), 'stage.json'), 'utf8')) as Described,
    ]),
  );
const idsOf = (kind: string): readonly string[] =>
  [...describedStages()].filter(([, stage]) => stage.kind === kind).map(([id]) => id);

describe('pairs that models of the experiment wrote', () => {
  it('are trained on in every arm', () => {
    expect(first.stderr).not.toContain('failed');
    expect(documentOf(first)).toMatchObject({ trials: { ran: 3 }, counts: { failed: 0, blocked: 0 } });
  });

  it('rest on the model and on the prompts, and on nothing that the trial trains', () => {
    const stages = describedStages();
    const inputKinds = (id: string): readonly string[] =>
      Object.values(stages.get(id)?.inputs ?? {}).map((input) => stages.get(input)?.kind ?? '');
    const pairs = idsOf('pairs');
    const sorts = pairs.map((id) => [stages.get(id)?.config['pairs']?.kind, inputKinds(id).toSorted()]);
    expect(Object.fromEntries(sorts as [string, string[]][])).toEqual({
      models: ['completions', 'completions', 'descriptions', 'tokenizer'],
      source: ['completions', 'descriptions', 'tokenizer'],
      mix: ['pairs', 'pairs', 'tokenizer'],
      mutate: ['descriptions', 'tokenizer'],
      functions: ['descriptions', 'tokenizer'],
    });
  });

  it('share what the weaker model wrote between the sources that use it', () => {
    expect(idsOf('completions')).toHaveLength(3);
  });

  it('have as many completions a prompt as were asked for, in the order of the functions', async () => {
    for (const id of idsOf('completions')) {
      const { config, inputs } = describedStages().get(id) as Described;
      const asked =
        config['response'] === undefined || String(config['response']) === 'body'
          ? await allRows(storedPrompted(path.join(place(inputs['descriptions'] ?? ''), 'functions.jsonl')))
          : (await allRows(storedFunctions(path.join(place(inputs['corpus'] ?? ''), 'functions.jsonl')))).filter(
              ({ description }) => description === null,
            );
      const written = await allRows(storedCompletions(path.join(place(id), 'functions.jsonl')));
      expect(written.map(({ id: of, sample }) => `${of} ${sample}`)).toEqual(
        asked.flatMap(({ id: of }) => [`${of} 0`, `${of} 1`]),
      );
      expect(written.some(({ text }) => text.length > 0)).toBe(true);
    }
  });

  it('keep what authors said and take the description of the model elsewhere', async () => {
    const id = idsOf('descriptions').find((one) => 'completions' in (describedStages().get(one)?.inputs ?? {}));
    const functions = await allRows(storedPrompted(path.join(place(id as string), 'functions.jsonl')));
    const documented = functions.filter(({ description }) => /^Takes \d+ steps down\.$/.test(description ?? ''));
    const written = functions.filter((one) => one.description !== null && !documented.includes(one));
    expect(documented.length).toBeGreaterThan(5);
    expect(written.length).toBeGreaterThan(5);
    for (const { prompt, description, signature } of written) expect(prompt).toBe(`${description}\n${signature}`);
  });

  it('are nothing to do a second time', async () => {
    const again = await run('sweep', 'written.yaml', '--json');
    expect(documentOf(again)).toMatchObject({ counts: { ran: 0, failed: 0 } });
  });

  it('are as they were when the stage is run again from its beginning or from its middle', async () => {
    const [id = ''] = idsOf('completions');
    const written = readFileSync(path.join(place(id), 'functions.jsonl'), 'utf8');
    const lines = written.split('\n');
    for (const kept of [0, 7]) {
      rmSync(path.join(place(id), 'done.json'));
      rmSync(path.join(place(id), 'functions.jsonl'));
      const torn = `${lines.slice(0, kept).join('\n')}\n${(lines[kept] ?? '').slice(0, 9)}`;
      if (kept > 0) writeFileSync(path.join(place(id), 'functions.jsonl.partial'), torn);
      expect((await captured(['stage', 'run', place(id)])).exitCode).toBe(0);
      expect(readFileSync(path.join(place(id), 'functions.jsonl'), 'utf8')).toBe(written);
    }
  }, 60_000);
});

describe('a pair source without preferences', () => {
  it('is refused for an objective that learns them', async () => {
    writeFileSync(
      path.join(folder, 'none.yaml'),
      spec
        .slice(0, spec.indexOf('sweep:'))
        .replace(/pairs: &models[\s\S]*?\nmodel:/, 'pairs: {kind: functions}\nmodel:'),
    );
    const { exitCode, stderr } = await run('validate', 'none.yaml');
    expect(exitCode).toBe(2);
    expect(stderr).toContain('expected a source of preference pairs, for the objective pmp, found functions');
  });
});
