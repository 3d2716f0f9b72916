/** The phases of `harness bench pairs` and the training of `harness bench tokenizer`, on little. */
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { numberedPair } from '../../harness/bench/numbered-pairs.ts';
import { runPairPhase, type PairPhaseRequest } from '../../harness/bench/pair-phases.ts';
import { benchTokenizerTraining } from '../../harness/bench/tokenizer-training.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'harness-bench-storage-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

it('writes pairs, reads all of them and trains on them', async () => {
  const request = { folder, pairs: 300, steps: 2, threads: 1 };
  const phase = (name: PairPhaseRequest['phase']) => runPairPhase({ ...request, phase: name });
  const write = await phase('write');
  expect(readdirSync(folder).toSorted()).toEqual(['pairs-00000.arrow', 'pairs-00000.parquet']);
  // Each pair has more than 100 tokens of 4 bytes.
  expect(write.tokenBytes).toBeGreaterThan(300 * 100 * 4);
  expect(write.peakMemoryBytes).toBeGreaterThan(1e7);
  expect(await phase('read')).toMatchObject({ textBytes: 0, openSeconds: 0 });
  await expect(runPairPhase({ ...request, pairs: 301, phase: 'read' })).rejects.toThrow('301 pairs were written, 300');
  const train = await phase('train');
  expect(train.fetchSeconds).toBeGreaterThan(0);
  expect(train.openSeconds).toBeLessThan(train.seconds);
}, 60_000);

it('makes pairs that differ in one operator', () => {
  const { chosen, rejected } = numberedPair(7);
  expect(chosen.replaceAll(' > limit', ' < limit')).toBe(rejected);
  expect(numberedPair(8).prompt).not.toBe(numberedPair(7).prompt);
});

it('trains a tokenizer on the code of a folder, up to a size', async () => {
  const place = mkdtempSync(path.join(folder, 'code-'));
  for (const name of ['a.js', 'b.py', 'c.txt'])
    writeFileSync(path.join(place, name), `${'let value = other + value;\n'.repeat(20)}`);
  const options = { places: [place], megabytes: 1, vocabSize: 260 };
  expect(await benchTokenizerTraining(options)).toMatchObject({ files: 2, bytes: 2 * 27 * 20 });
  expect(await benchTokenizerTraining({ ...options, megabytes: 0.0006 })).toMatchObject({ files: 1 });
  await expect(benchTokenizerTraining({ ...options, places: [path.join(place, 'c.txt')] })).resolves.toMatchObject({
    files: 1,
  });
  await expect(benchTokenizerTraining({ ...options, megabytes: 0.0001 })).rejects.toThrow('no code in');
});
