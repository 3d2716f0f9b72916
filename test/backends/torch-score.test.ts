/**
 * `harness score --backend torch` beside our own engine and plain `transformers`: folders of ours of every family, and
 * folders of others. Where HARNESS_PYTHON names a Python with torch and transformers. SHOW_PARITY=1 prints the table of
 * docs/use-pytorch.md.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { trainBpe } from '../../harness/data/index.ts';
import { saveModelFolder, type ModelConfig } from '../../harness/model/index.ts';
import { captured, documentOf, type CapturedRun } from '../cli/captured-run.ts';
import { bumpyParameters, tinyFamilies, titled } from '../model/tiny-models.ts';
import { pythonWith } from '../python.ts';

const python = pythonWith('torch, transformers, pyarrow');
const script = fileURLToPath(new URL('fixtures/plain_transformers.py', import.meta.url));
const root = mkdtempSync(path.join(tmpdir(), 'harness-torch-score-'));
const tokenizer = path.join(root, 'tokenizer.json');
const rowsFile = path.join(root, 'rows.jsonl');

const texts = [
  'What is two plus three?',
  'two plus three is five',
  'five is three plus two',
  'it is six',
  'I do not know',
];
const rows = texts.flatMap((prompt) =>
  ['it is five', 'six', 'I do not know, it is three'].map((response) => ({ prompt, response })),
);

const models = tinyFamilies.map((model, index) => ({
  ...titled(model),
  folder: path.join(root, `ours-${index}`),
  model: { ...model, vocabSize: 270, contextLength: 64 } satisfies ModelConfig,
}));

interface Plain {
  readonly alone: readonly number[];
  readonly right?: readonly number[];
  readonly left?: readonly number[];
  readonly missing: readonly string[];
  readonly classifier: string;
}

const before = process.env['HARNESS_TORCH_PYTHON'];
beforeAll(async () => {
  writeFileSync(tokenizer, JSON.stringify(trainBpe(texts, { vocabSize: 270 })));
  writeFileSync(rowsFile, rows.map((row) => `${JSON.stringify(row)}\n`).join(''));
  for (const { folder, model } of models)
    await saveModelFolder(folder, { model, parameters: bumpyParameters(model), tokenizerJsonPath: tokenizer });
  if (python !== null) process.env['HARNESS_TORCH_PYTHON'] = python;
});
afterAll(() => {
  if (before === undefined) delete process.env['HARNESS_TORCH_PYTHON'];
  else process.env['HARNESS_TORCH_PYTHON'] = before;
  rmSync(root, { recursive: true, force: true });
});

function byPython(...args: readonly string[]): string {
  const { status, stderr, stdout } = spawnSync(python as string, [script, ...args], { encoding: 'utf8' });
  expect(status, stderr).toBe(0);
  return stdout;
}

const score = (folder: string, ...more: readonly string[]): Promise<CapturedRun> =>
  captured(['score', folder, rowsFile, '--json', ...more]);

async function rewardsOf(folder: string, ...more: readonly string[]): Promise<readonly number[]> {
  const run = await score(folder, ...more);
  expect(run.exitCode, run.stderr).toBe(0);
  return (documentOf(run)['rows'] as readonly { readonly reward: number }[]).map(({ reward }) => reward);
}

/** Beside the largest reward. */
function difference(found: readonly number[], expected: readonly number[]): number {
  expect(found.length).toBe(expected.length);
  const largest = Math.max(...expected.map(Math.abs));
  return Math.max(...found.map((value, index) => Math.abs(value - (expected[index] as number)))) / largest;
}

describe.skipIf(python === null)('rewards of our folders (skipped without HARNESS_PYTHON that has torch)', () => {
  it('are the same by our own engine, by torch and by plain transformers, padded on either side', async () => {
    const plain = JSON.parse(byPython('score', rowsFile, ...models.map(({ folder }) => folder))) as Record<
      string,
      Plain
    >;
    const table: string[] = [];
    for (const { title, folder } of models) {
      const native = await rewardsOf(folder);
      const found = plain[folder] as Plain;
      expect(found.missing, title).toEqual([]);
      const apart = {
        torch: difference(await rewardsOf(folder, '--backend', 'torch', '--device', 'cpu'), native),
        plain: difference(found.alone, native),
        right: difference(found.right ?? [], native),
        left: difference(found.left ?? [], native),
      };
      for (const [way, value] of Object.entries(apart)) expect(value, `${title}: ${way}`).toBeLessThan(1e-5);
      table.push(
        `| ${title} | ${Object.values(apart)
          .map((value) => value.toExponential(1))
          .join(' | ')} |`,
      );
    }
    if (process.env['SHOW_PARITY'] === '1') console.log(table.join('\n'));
  }, 600_000);

  it('are those of the mean over a response where it was trained so', async () => {
    const [{ model }] = models as [(typeof models)[number], ...typeof models];
    const folder = path.join(root, 'mean');
    const mean = { ...model, rewardPooling: 'mean' } as const;
    await saveModelFolder(folder, { model: mean, parameters: bumpyParameters(mean), tokenizerJsonPath: tokenizer });
    expect(difference(await rewardsOf(folder, '--backend', 'torch'), await rewardsOf(folder))).toBeLessThan(1e-5);
  }, 600_000);
});

describe.skipIf(python === null)('folders of others (skipped without HARNESS_PYTHON that has torch)', () => {
  const made = path.join(root, 'made');
  beforeAll(() => {
    mkdirSync(made);
    byPython('make', made, tokenizer);
  }, 600_000);

  it.each(['glm', 'starcoder2', 'olmo', 'phi', 'mixtral'])(
    'of a family that our own engine does not compute: %s',
    async (name) => {
      const folder = path.join(made, name);
      const refused = await score(folder);
      expect(refused).toMatchObject({ exitCode: 4, stderr: expect.stringContaining('--backend torch') });
      const run = await score(folder, '--backend', 'torch');
      expect(documentOf(run)['notes']).toContain(
        `the architecture "${name}" is computed by torch alone, not by our own engine`,
      );
      const plain = JSON.parse(byPython('score', rowsFile, folder)) as Record<string, Plain>;
      const rewards = (documentOf(run)['rows'] as readonly { readonly reward: number }[]).map(({ reward }) => reward);
      expect(difference(rewards, plain[folder]?.alone ?? [])).toBeLessThan(1e-5);
    },
    600_000,
  );

  it.each(['qwen2-two-labels', 'qwen3-bfloat16'])(
    'that both compute: %s',
    async (name) => {
      const folder = path.join(made, name);
      expect(difference(await rewardsOf(folder, '--backend', 'torch'), await rewardsOf(folder))).toBeLessThan(1e-5);
    },
    600_000,
  );

  it('refuses a head that would score at random, and one of several labels', async () => {
    expect(await score(path.join(made, 'language-model'), '--backend', 'torch')).toMatchObject({
      exitCode: 4,
      stderr: expect.stringContaining('no sequence classifier, and our own engine does not read it'),
    });
    expect(await score(path.join(made, 'olmo2-three-labels'), '--backend', 'torch')).toMatchObject({
      exitCode: 4,
      stderr: expect.stringContaining('its head has 3 labels'),
    });
  }, 600_000);

  it('refuses devices that are not there', async () => {
    const folder = path.join(made, 'olmo');
    expect(await score(folder, '--backend', 'torch', '--device', 'webgpu')).toMatchObject({ exitCode: 2 });
    const run = await score(folder, '--backend', 'torch', '--device', 'cuda');
    expect(run.exitCode === 0 || /there is no device cuda/.test(run.stderr)).toBe(true);
  }, 600_000);
});
