import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadTokenizer, openTokenizer } from '../../harness/data/index.ts';
import { readSafetensors, writeSafetensors } from '../../harness/model/index.ts';
import { writeTaskFile, type StageTask } from '../../harness/store/index.ts';
import { checkpointModels, writeCheckpoint } from '../model/tiny-checkpoints.ts';
import { scoreFixture, type ScoreFixture } from '../score/score-fixture.ts';
import { captured, documentOf } from './captured-run.ts';

let fixture: ScoreFixture;
beforeAll(async () => {
  fixture = await scoreFixture();
});
afterAll(() => fixture[Symbol.dispose]());

interface Line {
  readonly id: string | number | null;
  readonly line: number;
  readonly sample: number;
  readonly prompt: string | number[];
  readonly completion: string | null;
  readonly finish: string;
  readonly tokens: number[];
}

const rows = [
  { id: 'a', prompt: 'What is two plus three?' },
  { id: 7, prompt: 'five is' },
  { prompt: [4, 9, 17, 30], note: 'other fields are passed over' },
];

async function lines(file: string, ...flags: readonly string[]): Promise<Line[]> {
  const run = await captured(['generate', fixture.model, file, '--max-tokens', '12', '--threads', '1', ...flags]);
  expect(run).toMatchObject({ exitCode: 0 });
  return run.stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Line);
}

describe('harness generate', () => {
  it('prints a line for each completion, in the order of the file, and a summary on stderr', async () => {
    const file = fixture.write('prompts.jsonl', rows);
    const run = await captured(['generate', fixture.model, file, '--max-tokens', '12', '--threads', '1']);
    const found = run.stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Line);
    expect(found.map(({ id, line, sample, prompt }) => ({ id, line, sample, prompt }))).toEqual([
      { id: 'a', line: 1, sample: 0, prompt: rows[0]!.prompt },
      { id: 7, line: 2, sample: 0, prompt: rows[1]!.prompt },
      { id: null, line: 3, sample: 0, prompt: rows[2]!.prompt },
    ]);
    const tokenizer = loadTokenizer(readJson(path.join(fixture.model, 'tokenizer.json')) as never);
    for (const { completion, tokens, finish } of found) {
      expect(completion).toBe(tokenizer.decode(tokens));
      expect(tokens).not.toContain(tokenizer.endToken);
      expect(finish).toBe(tokens.length === 12 ? 'length' : 'end');
    }
    expect(run.stderr).toMatch(/^3 completions, \d of them ended; \d+ tokens in .* tokens\/s, device cpu/);
  });

  it('draws the same for a prompt alone, in any batch and anywhere in the file', async () => {
    const many = Array.from({ length: 20 }, (_, index) => ({
      prompt: `${'What is two '.repeat(1 + (index % 5))}${index}`,
    }));
    const whole = await lines(fixture.write('many.jsonl', many));
    const backwards = await lines(fixture.write('backwards.jsonl', many.toReversed()), '--batch', '3');
    expect(backwards.toReversed().map(({ tokens }) => tokens)).toEqual(whole.map(({ tokens }) => tokens));
    const [alone] = await lines(fixture.write('alone.jsonl', [many[13]!]));
    expect(alone!.tokens).toEqual(whole[13]!.tokens);
  });

  it('draws several samples of a prompt, others with another seed, and one when greedy', async () => {
    const file = fixture.write('one.jsonl', [rows[0]!]);
    const samples = await lines(file, '--samples', '4');
    expect(samples.map(({ sample }) => sample)).toEqual([0, 1, 2, 3]);
    expect(new Set(samples.map(({ tokens }) => tokens.join())).size).toBeGreaterThan(1);
    expect((await lines(file))[0]).toEqual(samples[0]);
    expect((await lines(file, '--seed', '9'))[0]!.tokens).not.toEqual(samples[0]!.tokens);
    const greedy = await lines(file, '--temperature', '0');
    expect(await lines(file, '--temperature', '0', '--seed', '9')).toEqual(greedy);
    expect(await lines(file, '--temperature', '0.5', '--top-p', '0.00001')).toEqual(greedy);
  });

  it('is one document with --json, and a file with --output', async () => {
    const file = fixture.write('prompts.jsonl', rows);
    const flags = ['--max-tokens', '5', '--threads', '1', '--seed', '3'];
    const document = documentOf(await captured(['generate', fixture.model, file, '--json', ...flags]));
    expect(document).toMatchObject({
      schemaVersion: 1,
      model: fixture.model,
      device: 'cpu',
      sampling: { temperature: 1, topP: 1, maxTokens: 5, seed: 3, samples: 1 },
      summary: { completions: 3 },
    });
    const output = path.join(fixture.folder, 'completions.jsonl');
    expect(await captured(['generate', fixture.model, file, '--output', output, ...flags])).toMatchObject({
      exitCode: 0,
      stdout: '',
    });
    expect(existsSync(`${output}.partial`)).toBe(false);
    const written = readFileSync(output, 'utf8').trim().split('\n');
    expect(written.map((line) => JSON.parse(line) as unknown)).toEqual(document['completions']);
  });

  it('completes with a checkpoint from elsewhere, its begin token before the prompt', async () => {
    const model = checkpointModels.find(({ family }) => family === 'llama')!;
    const folder = await writeCheckpoint(path.join(fixture.folder, 'llama'), { model, begins: true });
    const text = fixture.write('text.jsonl', [{ prompt: 'function add' }]);
    const flags = ['--max-tokens', '6', '--threads', '1', '--temperature', '0', '--json'];
    const fromText = completionsOf(await captured(['generate', folder, text, ...flags]));
    const tokenizer = path.join(folder, 'tokenizer.json');
    const { beginTokens, encode } = openTokenizer(
      tokenizer,
      readJson(tokenizer),
      readJson(`${folder}/tokenizer_config.json`),
    );
    expect([...beginTokens]).toEqual([0]);
    const ids = fixture.write('ids.jsonl', [{ prompt: [...beginTokens, ...encode('function add')] }]);
    const fromIds = completionsOf(await captured(['generate', folder, ids, ...flags]));
    expect(fromIds[0]!.tokens).toEqual(fromText[0]!.tokens);
    expect(fromText[0]!.completion).toBeTypeOf('string');
  });
});

describe('the id of a decay stage', () => {
  it('is a model, with the tokenizer of the stages it was made from', async () => {
    const results = path.join(fixture.folder, 'results');
    const [decay, pairs, tokenizer] = ['decay-0123456789ab', 'pairs-000000000001', 'tokenizer-000000000002'].map((id) =>
      path.join(results, 'store', id),
    ) as [string, string, string];
    cpSync(fixture.model, decay, { recursive: true });
    rmSync(path.join(decay, 'tokenizer.json'));
    writeFileSync(path.join(decay, 'done.json'), '{}');
    mkdirSync(tokenizer, { recursive: true });
    cpSync(path.join(fixture.model, 'tokenizer.json'), path.join(tokenizer, 'tokenizer.json'));
    writeTaskFile(task(decay, { pairs }));
    writeTaskFile(task(pairs, { tokenizer }));
    const file = fixture.write('prompts.jsonl', rows);
    const flags = ['--max-tokens', '5', '--threads', '1', '--json'];
    const byId = completionsOf(await captured(['generate', 'decay-01', file, '--results', results, ...flags]));
    expect(byId).toEqual(completionsOf(await captured(['generate', fixture.model, file, ...flags])));
  });

  function task(folder: string, inputFolders: Readonly<Record<string, string>>): StageTask {
    const id = path.basename(folder);
    return {
      stage: { id, kind: id.split('-')[0]!, fingerprint: '', config: {}, inputs: {} },
      folder,
      inputFolders,
      execution: { threads: 1, device: 'cpu', checkpointEverySeconds: 60 },
      cacheFolder: '',
      plugins: [],
      attempt: 1,
      provenance: {} as StageTask['provenance'],
    };
  }
});

describe('harness generate refuses', () => {
  it('a file with bad lines, all of them at once, with their numbers', async () => {
    const file = fixture.write('bad.jsonl', [
      rows[0]!,
      '{"prompt": ',
      { text: 'no prompt' },
      { prompt: 5 },
      { prompt: '' },
      { prompt: [1, 9999] },
      { prompt: Array.from({ length: 96 }, () => 1) },
      { prompt: 'x', id: [] },
    ]);
    const { exitCode, stderr, stdout } = await captured(['generate', fixture.model, file]);
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
    expect(stderr).toContain('7 of 8 rows hold no prompt');
    expect(stderr).toContain(`${file}:2:1: not JSON`);
    expect(stderr).toContain(`${file}:3: prompt is missing: found the fields text`);
    expect(stderr).toContain(`${file}:4: prompt: found 5; expected a text, chat messages or a list of token ids`);
    expect(stderr).toContain(`${file}:5: prompt is empty`);
    expect(stderr).toContain(`${file}:6: prompt: token id 9999: expected ids below 270`);
    expect(stderr).toContain(`${file}:7: prompt is 96 tokens; expected fewer than 96`);
    expect(stderr).toContain(`${file}:8: id: found []`);
  });

  it('files without prompts or that are not there, and flags that cannot be meant', async () => {
    const file = fixture.write('prompts.jsonl', rows);
    const refused = async (...argv: readonly string[]): Promise<number> =>
      (await captured(['generate', fixture.model, ...argv])).exitCode;
    expect(await refused(fixture.write('empty.jsonl', []))).toBe(5);
    expect(await refused(path.join(fixture.folder, 'nowhere.jsonl'))).toBe(2);
    expect(await refused(file, '--samples', '2', '--temperature', '0')).toBe(2);
    expect(await refused(file, '--top-p', '0.9', '--temperature', '0')).toBe(2);
    expect(await refused(file, '--top-p', '0')).toBe(2);
    expect(await refused(file, '--temperature', '-1')).toBe(2);
    expect(await refused(file, '--max-tokens', '0')).toBe(2);
    expect(await refused(file, '--output', '-', '--json')).toBe(2);
  });

  it('a folder without a model, and a model without an LM head', async () => {
    const file = fixture.write('prompts.jsonl', rows);
    expect((await captured(['generate', fixture.folder, file])).exitCode).toBe(2);
    const model = checkpointModels.find(({ family }) => family === 'llama')!;
    const folder = await writeCheckpoint(path.join(fixture.folder, 'headless'), { model, hasHead: true });
    const weights = path.join(folder, 'model.safetensors');
    const { tensors } = await readSafetensors(weights);
    const kept = Object.fromEntries(Object.entries(tensors).filter(([name]) => !name.includes('lm_head')));
    await writeSafetensors(weights, kept, { format: 'pt' });
    const { exitCode, stderr } = await captured(['generate', folder, file]);
    expect(exitCode).toBe(2);
    expect(stderr).toContain('a model without an LM head (no lm_head.weight)');
  });
});

function completionsOf(run: Parameters<typeof documentOf>[0]): Line[] {
  return documentOf(run)['completions'] as Line[];
}

function readJson(file: string): object {
  return JSON.parse(readFileSync(file, 'utf8')) as object;
}
