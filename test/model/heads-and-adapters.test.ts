/**
 * Reward heads under other names and LoRA adapters against transformers and peft: fixtures/make_heads_and_adapters.py
 * makes the folders and computes the rewards. Where HARNESS_PYTHON names a Python with these libraries, every variant
 * of every family is made and compared too.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { captured, documentOf } from '../cli/captured-run.ts';
import { logitsOf, openedFolder, rewardsOf, type TokenRow } from './rewards-of-folder.ts';
import { pythonWith } from '../python.ts';

const fixtures = fileURLToPath(new URL('fixtures/heads', import.meta.url));
const script = fileURLToPath(new URL('fixtures/make_heads_and_adapters.py', import.meta.url));
/** float32 here and there, over two layers and values near 1. */
const tolerance = 5e-6;

interface Expected {
  readonly rows: readonly TokenRow[];
  /** Rewards, or next-token logits of a language model. */
  readonly expected: Readonly<Record<string, readonly number[] | readonly (readonly number[])[]>>;
}

function expectedIn(folder: string): Expected {
  return JSON.parse(readFileSync(path.join(folder, 'expected.json'), 'utf8')) as Expected;
}

async function largestError(folder: string, name: string, { rows, expected }: Expected): Promise<number> {
  const loaded = await openedFolder(path.join(folder, name));
  const wanted = (expected[name] ?? []).flat();
  const isLanguageModel = wanted.length > rows.length;
  const found = (isLanguageModel ? await logitsOf(loaded, rows) : await rewardsOf(loaded, rows)).flat();
  expect(found.length).toBe(wanted.length);
  return Math.max(...found.map((value, index) => Math.abs(value - (wanted[index] ?? NaN))));
}

describe('folders as others write them', () => {
  const given = expectedIn(fixtures);
  it.each(Object.keys(given.expected))('%s gives the rewards of the library that wrote it', async (name) => {
    expect(await largestError(fixtures, name, given)).toBeLessThan(tolerance);
  });

  it('two labels are told, with what config.json calls them', async () => {
    const { notes } = await openedFolder(path.join(fixtures, 'qwen2-two-labels'));
    expect(notes).toEqual([
      'the reward head has two labels: a reward is the logit of chosen (label 1) minus the logit of rejected (label 0)',
    ]);
  });
});

it('harness generate writes the most probable token of an adapter of a language model', async () => {
  const { rows, expected } = expectedIn(fixtures);
  const folder = mkdtempSync(path.join(tmpdir(), 'generate-'));
  const prompts = path.join(folder, 'prompts.jsonl');
  writeFileSync(prompts, rows.map((row) => `${JSON.stringify({ prompt: row.flat() })}\n`).join(''));
  const adapter = path.join(fixtures, 'llama-adapter-lm');
  const run = await captured(['generate', adapter, prompts, '--json', '--temperature', '0', '--max-tokens', '1']);
  rmSync(folder, { recursive: true });
  const { completions } = documentOf(run) as { completions: { tokens: number[] }[] };
  const best = (expected['llama-adapter-lm'] as number[][]).map((logits) => [logits.indexOf(Math.max(...logits))]);
  expect(completions.map(({ tokens }) => tokens)).toEqual(best);
});

const python = pythonWith('torch, transformers, peft');

describe.skipIf(python === null)('every variant of every family (skipped without HARNESS_PYTHON that has peft)', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'heads-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('agrees with transformers and peft', { timeout: 600_000 }, async () => {
    expect(spawnSync(python as string, [script, folder, '--all']).status).toBe(0);
    const given = expectedIn(folder);
    const errors: Record<string, number> = {};
    for (const name of Object.keys(given.expected)) errors[name] = await largestError(folder, name, given);
    console.log(
      `largest of ${Object.keys(errors).length} variants: ${Math.max(...Object.values(errors)).toExponential(1)}`,
    );
    expect(Object.entries(errors).filter(([, error]) => !(error < tolerance))).toEqual([]);
  });
});
