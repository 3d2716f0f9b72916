/** Encoding beside the Rust library, on little. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { captured, documentOf } from '../cli/captured-run.ts';
import { pythonWith } from '../python.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'harness-bench-encoding-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const words = 'let value = other + value; // naïve 日本語\n\treturn value > limit ? 12 : 3.5;\n';
for (const name of ['a.js', 'b.py'])
  writeFileSync(path.join(folder, name), Array.from({ length: 60 }, (_, line) => `${name}${line} ${words}`).join(''));

const flags = ['--vocab-size', '300', '--rounds', '2', '--peer-vocab-size', '600', '--json'];

it('measures our own tokenizer alone where no Python is named', async () => {
  const { encoding } = documentOf(await captured(['bench', 'tokenizer', folder, ...flags])) as {
    encoding: { bytes: number; makes: readonly unknown[] };
  };
  expect(encoding.bytes).toBeGreaterThan(8000);
  expect(encoding).toMatchObject({ library: null, makes: [{ make: 'own byte-level BPE', theirs: null, ratio: null }] });
});

const python = pythonWith('tokenizers');

it.skipIf(python === null)(
  'compares with the library, whose ids are equal (skipped without HARNESS_PYTHON that has it)',
  async () => {
    const run = await captured(['bench', 'tokenizer', folder, ...flags, '--python', python as string]);
    const { encoding } = documentOf(run) as { encoding: { makes: readonly { readonly hasEqualIds: boolean }[] } };
    expect(encoding.makes).toHaveLength(6);
    expect(encoding.makes.every(({ hasEqualIds }) => hasEqualIds)).toBe(true);
  },
  120_000,
);

it('says what is missing where the Python has no tokenizers', async () => {
  const run = await captured(['bench', 'tokenizer', folder, ...flags, '--python', 'false']);
  expect(run).toMatchObject({ exitCode: 4, stdout: '' });
  expect(run.stderr).toContain('It needs Python 3 with tokenizers');
});
