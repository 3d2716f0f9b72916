/**
 * Models that the backend torch reads from Hugging Face folders by itself: any decoder that `transformers` loads. Where
 * HARNESS_PYTHON names a Python with torch.
 */
import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { tinyFamilies } from '../model/tiny-models.ts';
import { pythonWith } from '../python.ts';
import { apart, carryOut, limit, writeJob, type Fields, type Ran } from './torch-jobs.ts';

interface Made {
  readonly learned: readonly string[];
  readonly pairwise: number;
  readonly lm: number;
}

const python = pythonWith('torch, transformers, pyarrow') as string;
const root = mkdtempSync(path.join(tmpdir(), 'harness-torch-weights-'));
const models = path.join(root, 'models');
let from: string;
let made: Readonly<Record<string, Made>>;

/** The fields of a job that begins with a folder. */
const reading = (family: string, changes: Fields = {}): Fields => ({
  state: null,
  model: path.join(models, family),
  weights: path.join(models, family),
  learned: made[family]?.learned,
  toStep: 2,
  logEverySteps: 1,
  ...changes,
});

beforeAll(async () => {
  if (python === null) return;
  // A single step has all the pairs, so that their order does not matter.
  from = await writeJob(path.join(root, 'written'), tinyFamilies[0]!, { pairsPerStep: 32 });
  const script = path.join(import.meta.dirname, 'make_decoders.py');
  const ran = spawnSync(python, [script, models, path.join(from, 'job')], { encoding: 'utf8' });
  expect(ran.stderr).toBe('');
  made = JSON.parse(ran.stdout) as typeof made;
}, limit);
afterAll(() => rmSync(root, { recursive: true, force: true }));

const metric = ({ events }: Ran, name: string): unknown =>
  events.find((event) => event['name'] === name && event['step'] === 1)?.['value'];

describe.skipIf(python === null)('folders of weights (skipped without HARNESS_PYTHON that has torch)', () => {
  it(
    'of every family give the losses that its own class gives, response by response',
    () => {
      const families = Object.keys(made);
      const runs = carryOut(
        python,
        root,
        families.map((family) => ({ from, fields: reading(family) })),
      );
      expect(families.length).toBeGreaterThan(10);
      for (const [index, family] of families.entries()) {
        const { pairwise, lm } = made[family]!;
        expect(runs[index]?.ended, family).toMatchObject({ outcome: 'completed' });
        expect(Math.abs(Number(metric(runs[index]!, 'train/pairwise_loss')) - pairwise), family).toBeLessThan(
          2e-6 * Math.max(1, pairwise),
        );
        expect(Math.abs(Number(metric(runs[index]!, 'train/lm_loss')) - lm), family).toBeLessThan(
          2e-6 * Math.max(1, lm),
        );
      }
    },
    limit,
  );

  it(
    'are read part by part where ranks share the model',
    () => {
      const [one, three] = carryOut(python, root, [
        { from, fields: reading('gemma2') },
        { from, ranks: 3, fields: reading('gemma2', { sharding: 'sharded' }) },
      ]) as [Ran, Ran];
      expect(one.losses).toHaveLength(2);
      expect(apart(one, three)).toBeLessThan(1e-6);
    },
    limit,
  );

  it(
    'need a reward head, in the folder or beside it; none is drawn',
    () => {
      const bare = path.join(models, 'bare');
      mkdirSync(bare);
      const index = 'model.safetensors.index.json';
      for (const name of readdirSync(path.join(models, 'qwen2')).filter((name) => !/^score|index/.test(name)))
        copyFileSync(path.join(models, 'qwen2', name), path.join(bare, name));
      const head = path.join(models, 'qwen2', 'score.safetensors');
      const files = readdirSync(bare).filter((name) => name.endsWith('.safetensors'));
      writeFileSync(
        path.join(bare, index),
        JSON.stringify({ weight_map: Object.fromEntries(files.map((f) => [f, f])) }),
      );
      const fields = { ...reading('qwen2'), model: bare, weights: bare };
      const [whole, without, beside, broken] = carryOut(python, root, [
        { from, fields: reading('qwen2') },
        { from, fields },
        { from, fields: { ...fields, added: head } },
        { from, fields: { ...fields, weights: path.join(root, 'nowhere') } },
      ]) as [Ran, Ran, Ran, Ran];
      expect(without.ended).toMatchObject({
        outcome: 'refused',
        message: expect.stringContaining('has no reward head (score.weight)'),
        hint: expect.stringContaining('"added"'),
      });
      expect(beside.losses).toEqual(whole.losses);
      expect(broken.ended).toMatchObject({
        outcome: 'refused',
        message: expect.stringContaining('has neither model.safetensors nor model.safetensors.index.json'),
      });
    },
    limit,
  );

  it(
    'of a model that ignores masks are refused',
    () => {
      const [run] = carryOut(python, root, [{ from, fields: reading('qwen2'), faults: { ignores_masks: null } }]) as [
        Ran,
      ];
      expect(run.ended).toMatchObject({
        outcome: 'refused',
        message: expect.stringContaining('let the responses of a row see one another'),
      });
    },
    limit,
  );
});
