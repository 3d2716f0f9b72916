/** A sweep whose axis is the tokenizer: one trained on the corpus, one from a file. */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openEncodedPairs, storedPairShards } from '../../harness/data/index.ts';
import { readSafetensors } from '../../harness/model/index.ts';
import { captured, documentOf, type CapturedRun } from '../cli/captured-run.ts';
import { endToken, foreignTokenizer, tokens } from '../model/tiny-checkpoints.ts';
import { toyModel, toyPretrain } from './toy-sections.ts';

let folder: string;
let first: CapturedRun;

const spec = `formatVersion: 1
name: cuts
question: Does the way text is cut into tokens matter?
seeds: [1]
corpus: {kind: folder, path: code, minCharacters: 30, heldOutFunctions: 2}
tokenizer: {kind: bpe, vocabSize: 262}
pairs: {kind: files, path: pairs.jsonl}
${toyModel(128)}
${toyPretrain}
task: {kind: preferences, name: rated, train: rated.jsonl, dev: 0.2, test: 0.3}
finetune:
  objective: {lmWeight: 0}
  samples: 8
  steps: 2
  pairsPerStep: 4
  optimizer: {kind: adamw, learningRate: 1e-2}
  schedule: {kind: cosine, warmup: {fraction: 0.5}}
evaluate: {bestOf: [1]}
sweep:
  axes:
    cut:
      trained: {}
      given: {tokenizer: {kind: file, path: given/tokenizer.json, config: given/tokenizer_config.json}}
`;

const pair = (i: number): object => ({ prompt: `add ${i}`, chosen: `return a + ${i};`, rejected: `return a - ${i};` });
const rated = (i: number): object => ({ prompt: `is ${i} a number?`, chosen: `${i} is one`, rejected: `${i} is none` });

beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'harness-two-tokenizers-'));
  for (const name of ['code', 'given']) mkdirSync(path.join(folder, name));
  for (let i = 0; i < 12; i++)
    writeFileSync(path.join(folder, 'code', `${i}.js`), `function f${i}(a) {\n  return a * ${i} + ${i + 1};\n}\n`);
  writeFileSync(path.join(folder, 'given/tokenizer.json'), JSON.stringify(foreignTokenizer(true)));
  writeFileSync(path.join(folder, 'given/tokenizer_config.json'), JSON.stringify({ eos_token: endToken }));
  for (const [file, row] of Object.entries({ 'pairs.jsonl': pair, 'rated.jsonl': rated })) {
    const lines = Array.from({ length: 40 }, (_, i) => `${JSON.stringify(row(i))}\n`);
    writeFileSync(path.join(folder, file), lines.join(''));
  }
  writeFileSync(path.join(folder, 'cuts.yaml'), spec);
  first = await run('sweep', path.join(folder, 'cuts.yaml'), '-j', '1', '--json');
}, 120_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const run = (...argv: readonly string[]): Promise<CapturedRun> =>
  captured(argv, { HARNESS_RESULTS: path.join(folder, 'results') });

interface Stage {
  readonly id: string;
  readonly config: { readonly vocabSize: number; readonly tokenizer: { readonly vocabSize: number } };
  readonly inputs: Readonly<Record<string, string>>;
}

const inStore = (...names: readonly string[]): string => path.join(folder, 'results/store', ...names);
const stagesOf = (kind: string): readonly Stage[] =>
  readdirSync(inStore())
    .filter((id) => id.startsWith(`${kind}-`))
    .map((id) => ({ ...(JSON.parse(readFileSync(inStore(id, 'stage.json'), 'utf8')) as Stage), id }));

describe('a sweep over two tokenizers', () => {
  it('runs both trials, and finds nothing to do the second time', async () => {
    expect(first.stderr).not.toContain('failed');
    expect(documentOf(first)).toMatchObject({ trials: { ran: 2 }, counts: { failed: 0, blocked: 0 } });
    const again = documentOf(await run('sweep', path.join(folder, 'cuts.yaml'), '--json'));
    expect(again['counts']).toMatchObject({ ran: 0 });
  });

  it('cuts the same pairs in two ways', async () => {
    const lengths: number[] = [];
    const texts: string[][] = [];
    for (const { id } of stagesOf('pairs')) {
      const encoded = openEncodedPairs(inStore(id), 'pairs');
      lengths.push(encoded.lengths(0).chosen);
      encoded.close();
      const ids: string[] = [];
      for await (const { chosen } of storedPairShards(inStore(id), 'pairs')) ids.push(chosen);
      texts.push(ids);
    }
    expect(lengths).toHaveLength(2);
    expect(lengths[0]).not.toBe(lengths[1]);
    expect(texts[0]).toEqual(texts[1]);
  });

  it('gives each model the vocabulary of its tokenizer, and the tokenizer with it', async () => {
    const finetuned = stagesOf('finetune');
    expect(finetuned.map(({ config }) => config.vocabSize).toSorted()).toEqual([262, tokens].toSorted());
    for (const { id, config } of finetuned) {
      const { tensors } = await readSafetensors(inStore(id, 'model.safetensors'));
      expect(tensors['model.embed_tokens.weight']?.shape).toEqual([config.vocabSize, 16]);
      const given = JSON.parse(readFileSync(inStore(id, 'tokenizer_config.json'), 'utf8')) as { eos_token: string };
      expect(given.eos_token).toBe(config.vocabSize === tokens ? endToken : '<|end|>');
    }
  });

  it('tells the two apart in names, rows and report', async () => {
    const { rows } = documentOf(
      await run('sql', "select distinct axes->'declared'->>'cut' as cut, trial_id from results order by cut", '--json'),
    ) as { rows: readonly { cut: string }[] };
    expect(rows.map(({ cut }) => cut)).toEqual(['given', 'trained']);
    const stages = await run('ls', 'stages');
    for (const name of [`tokenizer file, ${tokens} tokens`, 'tokenizer bpe, 262 tokens'])
      expect(stages.stdout).toContain(name);
    const report = readFileSync(path.join(folder, 'results/reports/cuts/results.md'), 'utf8');
    expect(report).toMatch(/given/);
    expect(report).toMatch(/trained/);
  });
});
