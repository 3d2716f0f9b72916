/**
 * Families beside `transformers` itself, on models that it makes: what it saves is opened and computed here, what is
 * saved here is opened and computed there. Several models a family: grouped and single heads, tied and untied, biases,
 * 16-bit storage, shards, windows shorter than the rows.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { onnxruntimeCpu } from '../../harness/engine/index.ts';
import { loadModelFolder, saveModelFolder, type LoadedModel } from '../../harness/model/index.ts';
import { scoreResponses } from '../../harness/score/index.ts';
import { SessionCache } from '../../harness/train/index.ts';
import { parityNumbers, type ParityInputs, type ParityNumbers } from './parity-program.ts';
import { pythonWith } from '../python.ts';

const script = fileURLToPath(new URL('fixtures/transformers_families.py', import.meta.url));
const python = pythonWith('torch, transformers');

interface Case extends ParityNumbers {
  readonly folder: string;
  readonly pairs: ParityInputs['pairs'];
}

interface Opened extends Pick<ParityNumbers, 'rewards' | 'logits'> {
  readonly classifier: string;
  readonly missing: readonly string[];
  readonly mismatched: readonly string[];
}

/** Largest relative differences, printed at the end: title, what, difference. */
const worst: string[] = [];
const root = mkdtempSync(join(tmpdir(), 'transformers-live-'));
afterAll(() => {
  rmSync(root, { recursive: true });
  if (process.env['SHOW_PARITY'] === '1') console.log(worst.join('\n'));
});

function ran(what: string): string {
  const { status, stderr } = spawnSync(python!, [script, what, root], { encoding: 'utf8' });
  expect(status, stderr).toBe(0);
  return join(root, what === 'live' ? 'expected.json' : 'opened.json');
}

function read<T>(file: string): Readonly<Record<string, T>> {
  return JSON.parse(readFileSync(file, 'utf8')) as Readonly<Record<string, T>>;
}

/** The reward model with the LM head of the language model beside it, and what the two have in common equal. */
async function bothOf(folder: string): Promise<LoadedModel> {
  const reward = await loadModelFolder(join(folder, 'reward'), { missingHeads: 'leaveOut' });
  const language = await loadModelFolder(join(folder, 'language'), { missingHeads: 'leaveOut' });
  const { 'score.weight': head, ...shared } = reward.parameters;
  expect(head).toBeDefined();
  for (const [name, values] of Object.entries(shared)) expect(values, name).toEqual(language.parameters[name]);
  return { ...reward, parameters: { ...language.parameters, 'score.weight': head! } };
}

/** Largest difference beside the largest value, or beside `scale`. */
function relativeError(found: readonly number[], expected: readonly number[], scale?: number): number {
  expect(found.length).toBe(expected.length);
  const difference = found.reduce((most, value, i) => Math.max(most, Math.abs(value - expected[i]!)), 0);
  return difference / (scale ?? expected.reduce((most, value) => Math.max(most, Math.abs(value)), 0));
}

/** The rewards that `harness score` gives: prompts once, and the last layer at read tokens only. */
async function scoresOf(
  { model, parameters }: Pick<LoadedModel, 'model' | 'parameters'>,
  pairs: Case['pairs'],
): Promise<readonly number[]> {
  const sessions = new SessionCache(onnxruntimeCpu(), { threads: 1 });
  const questions = pairs.map(({ prompt, chosen, rejected }) => ({
    prompt: Int32Array.from(prompt),
    responses: [Int32Array.from(chosen), Int32Array.from(rejected)],
  }));
  const scores = await scoreResponses({ model, parameters, sessions }, questions);
  await sessions.release();
  return scores.flatMap((row) => [...row]);
}

function check(title: string, errors: Readonly<Record<string, number>>): void {
  worst.push(
    `${title} | ${Object.entries(errors)
      .map(([what, error]) => `${what} ${error.toExponential(1)}`)
      .join(' ')}`,
  );
  for (const [what, error] of Object.entries(errors)) expect(error, `${title}: ${what}`).toBeLessThan(1e-5);
}

describe.skipIf(python === null)('families beside transformers (skipped without HARNESS_PYTHON that has it)', () => {
  it('computes rewards, logits and gradients of what transformers saved, and the other way round', async () => {
    const cases = read<Case>(ran('live'));
    for (const [title, expected] of Object.entries(cases)) {
      const { model, parameters, specialTokens } = await bothOf(expected.folder);
      const inputs = { parameters, pairs: expected.pairs, pairwiseWeight: 1, lmWeight: 0.7 };
      const found = await parityNumbers(model, inputs, onnxruntimeCpu());
      const largest = Math.max(...Object.values(expected.gradients).map((slope) => Math.hypot(...slope)));
      const slopes = Object.entries(expected.gradients).map(([name, slope]) =>
        relativeError(found.gradients[name] ?? [], slope, Math.hypot(...slope) + 0.05 * largest),
      );
      expect(Object.keys(expected.gradients).toSorted()).toEqual(Object.keys(found.gradients).toSorted());
      check(title, {
        rewards: relativeError(found.rewards, expected.rewards),
        logits: relativeError(found.logits, expected.logits),
        gradients: Math.max(...slopes),
        scores: relativeError(await scoresOf({ model, parameters }, expected.pairs), expected.rewards),
      });
      await saveModelFolder(join(expected.folder, 'ours'), { model, parameters, specialTokens });
      expect((await loadModelFolder(join(expected.folder, 'ours'))).model).toEqual({ ...model });
    }
    for (const [title, opened] of Object.entries(read<Opened>(ran('open')))) {
      const expected = cases[title]!;
      expect({ title, ...opened }).toMatchObject({ title, missing: [], mismatched: [] });
      check(`${title} | opened by transformers`, {
        rewards: relativeError(opened.rewards, expected.rewards),
        logits: relativeError(opened.logits, expected.logits),
      });
    }
  }, 240_000);
});
