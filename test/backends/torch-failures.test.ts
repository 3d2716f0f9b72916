/**
 * Ranks of the backend torch where something fails: memory, disks, numbers, a rank itself. Where HARNESS_PYTHON names
 * a Python with torch.
 */
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { writeEncodedQuestions } from '../../harness/data/index.ts';
import { tinyFamilies } from '../model/tiny-models.ts';
import { pythonWith } from '../python.ts';
import { pairs } from '../train/run-options.ts';
import { apart, carryOut, limit, writeJob, type Case, type Ran } from './torch-jobs.ts';

const python = pythonWith('torch, transformers, pyarrow') as string;
const root = mkdtempSync(path.join(tmpdir(), 'harness-torch-failures-'));
let from: string;
const ran = (cases: readonly Omit<Case, 'from'>[]): readonly Ran[] =>
  carryOut(
    python,
    root,
    cases.map((one) => ({ from, ...one })),
  );
const sharded = { sharding: 'sharded' };
const divisions = [
  ['replicated', {}],
  ['sharded', sharded],
] as const;

beforeAll(async () => {
  from = await writeJob(path.join(root, 'written'), tinyFamilies[0]!, { pairsPerStep: 7 });
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

const notes = ({ events }: Ran): readonly unknown[] =>
  events.flatMap((event) => (event['kind'] === 'note' ? [event['text']] : []));

describe.skipIf(python === null)('failures of ranks (skipped without HARNESS_PYTHON that has torch)', () => {
  it.each([
    ['one process, a card', 1, {}, { rank: 0, kind: 'card' }],
    ['one process, the host', 1, {}, { rank: 0, kind: 'host' }],
    ['the second of two replicated ranks', 2, {}, { rank: 1, kind: 'card' }],
    ['a sharded rank in its forward pass', 3, sharded, { rank: 0, kind: 'card', at: 'forward' }],
    ['a sharded rank in its backward pass', 2, sharded, { rank: 1, kind: 'host' }],
  ])(
    'out of memory, all take the step again in smaller parts: %s',
    (_, ranks, fields, fault) => {
      const [whole, halved] = ran([{}, { ranks, fields, faults: { out_of_memory: { tokens: 40, ...fault } } }]) as [
        Ran,
        Ran,
      ];
      expect(halved.ended).toMatchObject({ outcome: 'completed' });
      expect(notes(halved)).toEqual([expect.stringMatching(/^out of memory: micro-batches hold 2\d tokens from step/)]);
      expect(halved.losses).toHaveLength(20);
      expect(apart(whole, halved)).toBeLessThan(1e-6);
    },
    limit,
  );

  it.each(divisions)(
    'out of memory with a single row, all ranks refuse: %s',
    (_, fields) => {
      const [run] = ran([{ ranks: 2, fields, faults: { out_of_memory: { rank: 1, tokens: 4, kind: 'card' } } }]) as [
        Ran,
      ];
      expect(run).toMatchObject({
        codes: [4, 4],
        ended: {
          outcome: 'refused',
          exitCode: 4,
          message: expect.stringMatching(/^out of memory: a single row of \d+ tokens does not fit/),
        },
      });
    },
    limit,
  );

  it(
    'out of memory while it scores, a rank takes its rows in halves',
    () => {
      const questions = path.join(root, 'questions.arrow');
      const rows = pairs.map(({ id, prompt, chosen, rejected }) => ({ id, prompt, candidates: [chosen, rejected] }));
      writeEncodedQuestions(questions, rows);
      const fields = { kind: 'score', questions, rewards: 'rewards.f32' };
      const [whole, ...halved] = ran([
        { fields },
        ...[1, 2].map((ranks) => ({ ranks, fields, faults: { scoring_out_of_memory: 60 } })),
        { fields, faults: { scoring_out_of_memory: 4 } },
      ]);
      const refused = halved.pop();
      const rewards = ({ job }: Ran): Float32Array =>
        new Float32Array(new Uint8Array(readFileSync(path.join(job, 'rewards.f32'))).buffer);
      expect(rewards(whole!)).toHaveLength(2 * pairs.length);
      for (const run of halved) {
        expect(run.ended).toMatchObject({ outcome: 'completed' });
        // Other rows beside it make another product: 1.1e-6 with MKL on an Intel processor.
        for (const [index, reward] of rewards(run).entries())
          expect(Math.abs(reward - rewards(whole!)[index]!)).toBeLessThan(1e-5);
      }
      expect(refused?.errors).toMatchObject([{ rank: 0, isOutOfMemory: true }]);
    },
    limit,
  );

  it.each(divisions)(
    'the disk is full: the resume point before stays, and nothing half-written: %s',
    (title, fields) => {
      const stop = { stop_at: { rank: 0, step: 4, signal: 'SIGTERM' } };
      const [whole, begun] = ran([{}, { ranks: 2, fields, faults: stop }]) as [Ran, Ran];
      expect(begun.ended).toMatchObject({ outcome: 'interrupted' });
      const full = { save_every: 2, file_limit: { rank: title === 'sharded' ? 1 : 0, bytes: 4000 } };
      const state = title === 'sharded' ? {} : { state: path.join(begun.folder, 'resume.safetensors') };
      const again = { ranks: 2, fields: { ...fields, ...state }, after: begun };
      const [stopped] = ran([{ ...again, faults: full }]) as [Ran];
      expect(stopped).toMatchObject({
        codes: [4, 4],
        losses: { length: 1 },
        ended: {
          outcome: 'refused',
          exitCode: 4,
          message: expect.stringMatching(/cannot be written: File too large$/),
        },
        errors: [{ rank: 0 }, { rank: 1 }],
      });
      const left = readdirSync(begun.folder, { recursive: true, encoding: 'utf8' });
      expect(left.filter((name) => name.includes('partial'))).toEqual([]);
      if (title === 'sharded') expect(readdirSync(path.join(begun.folder, 'sharded'))).toEqual(['step-5']);
      const [rest] = ran([again]) as [Ran];
      expect(rest.losses).toHaveLength(15);
      expect(apart(whole, rest)).toBeLessThan(1e-6);
    },
    limit,
  );

  it(
    'a sharded resume point that was cut off is not read',
    () => {
      const [whole, begun] = ran([
        {},
        { ranks: 2, fields: sharded, faults: { save_every: 3, killed_saving: { rank: 1, step: 6 } } },
      ]) as [Ran, Ran];
      expect(begun.ended).toBeUndefined();
      const left = readdirSync(path.join(begun.folder, 'sharded')).sort();
      expect(left).toEqual(['step-3', 'step-6.partial']);
      const [rest] = ran([{ ranks: 2, fields: sharded, after: begun }]) as [Ran];
      expect(notes(rest)).toEqual(['goes on from the sharded resume point of step 3']);
      expect(rest.losses).toHaveLength(17);
      expect(apart(whole, rest)).toBeLessThan(1e-6);
    },
    limit,
  );

  it.each(divisions)(
    'a loss that is not a number is the same verdict on all ranks: %s',
    (_, fields) => {
      const [run] = ran([{ ranks: 2, fields: { ...fields, learningRates: Array(20).fill(1e30) } }]) as [Ran];
      expect(run).toMatchObject({
        codes: [0, 0],
        errors: [],
        ended: { outcome: 'diverged', step: 2, reason: expect.stringMatching(/NaN|Infinity/) },
      });
      expect(existsSync(path.join(run.job, 'result.safetensors'))).toBe(false);
    },
    limit,
  );

  it.each(divisions)(
    'a rank that is killed ends the others, which say that they only follow: %s',
    (_, fields) => {
      const [run] = ran([{ ranks: 3, fields, faults: { stop_at: { rank: 2, step: 5, signal: 'SIGKILL' } } }]) as [Ran];
      expect(run.codes).toEqual([1, 1, -9]);
      expect(run.ended).toBeUndefined();
      expect(run.errors).toMatchObject([
        { rank: 0, isConsequence: true },
        { rank: 1, isConsequence: true },
      ]);
    },
    limit,
  );

  it(
    'a rank that fails by itself leaves what it was, and when',
    () => {
      const before = Date.now();
      const [run] = ran([{ ranks: 3, faults: { fails_at: { rank: 1, step: 5 } } }]) as [Ran];
      const [first, ...others] = run.errors.toSorted((a, b) => Number(a['timeMs']) - Number(b['timeMs']));
      expect(first).toMatchObject({ rank: 1, kind: 'ValueError', message: 'as told', isConsequence: false });
      expect(first?.['lastLines']).toContain('ValueError: as told');
      expect(Number(first?.['timeMs'])).toBeGreaterThan(before);
      for (const other of others) expect(other).toMatchObject({ isConsequence: true });
    },
    limit,
  );
});
