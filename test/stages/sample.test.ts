/** Which pairs a trial is finetuned on: whole groups, and the same ones for every ranker beside it. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { writeEncodedPairs, writePairs } from '../../harness/data/index.ts';
import { drawEncoded, drawTexts, nestedSample } from '../../harness/stages/sample.ts';

let folder: string;
const groupSizes = Array.from({ length: 40 }, (_, index) => (index % 4 === 0 ? 3 : 2));
const ids = groupSizes.flatMap((size, group) => Array.from({ length: size }, (_, pair) => `${group}-${pair}`));
const groupOf = (id: string): string => id.split('-')[0] ?? '';

beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'harness-sample-'));
  const texts = ids.map((id) => ({
    id,
    group: groupOf(id),
    prompt: 'p',
    chosen: 'c',
    rejected: 'r',
    source: '',
    edits: [],
  }));
  writePairs(path.join(folder, 'train.jsonl'), texts);
  const token = new Int32Array([1]);
  writeEncodedPairs(
    path.join(folder, 'train.arrow'),
    ids.map((id) => ({ id, prompt: token, chosen: token, rejected: token })),
  );
});
afterAll(() => rmSync(folder, { recursive: true }));

const drawn = (samples: number, seed: number): readonly string[] =>
  drawEncoded(folder, { samples, seed }).sample.map(({ id }) => id);

describe('the sample of a trial', () => {
  it('holds every group whole or not at all, whatever its size, and at most what is asked for', () => {
    for (const seed of [1, 2, 3])
      for (let samples = 3; samples <= ids.length; samples++) {
        const sample = new Set(drawn(samples, seed));
        const torn = groupSizes.filter((size, group) => {
          const taken = ids.filter((id) => groupOf(id) === String(group) && sample.has(id)).length;
          return taken !== 0 && taken !== size;
        });
        expect(torn).toEqual([]);
        expect(sample.size).toBeLessThanOrEqual(samples);
        // The next group has three pairs at most.
        expect(sample.size).toBeGreaterThan(samples - 3);
      }
  });

  it('is nested: a smaller one is the beginning of a larger one of its seed, also where a group did not fit', () => {
    const whole = drawn(ids.length, 5);
    for (let samples = 3; samples < ids.length; samples++) {
      const sample = drawn(samples, 5);
      expect(sample).toEqual(whole.slice(0, sample.length));
    }
  });

  it('is another one for another seed', () => {
    expect(drawn(20, 1)).not.toEqual(drawn(20, 2));
  });

  it('is the same, in the same order, as text and encoded', () => {
    for (const seed of [1, 2]) {
      const texts = drawTexts(folder, { samples: 31, seed });
      expect(texts.sample.map(({ id }) => id)).toEqual(drawn(31, seed));
      expect(texts.train.map(({ id }) => id)).toEqual(ids);
    }
  });

  it('of the whole split is the split, in another order', () => {
    expect(drawn(ids.length, 1).toSorted()).toEqual(ids.toSorted());
    expect(drawn(ids.length, 1)).not.toEqual(ids);
  });

  it('is refused where a question has more pairs than are asked for', () => {
    expect(() => nestedSample([['a', 'b', 'c']], { samples: 2, seed: 1 })).toThrow(
      'finetune.samples (2) is less than the pairs of one question, which stay together',
    );
  });
});
