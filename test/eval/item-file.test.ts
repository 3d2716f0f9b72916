import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { randomStream } from '../../harness/random/index.ts';
import { readItems, writeItems, type Item } from '../../harness/eval/index.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'items-test-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const stream = randomStream(1, 'items');
const items: Item[] = Array.from({ length: 4000 }, (_, i) => ({
  set: i < 1000 ? 'pairs' : 'pool',
  itemId: `algebra-2-test-${i < 1000 ? i >> 1 : i >> 4}`,
  group: `algebra-2-test-${i >> 4}`,
  candidate: i < 1000 ? i & 1 : i & 15,
  reward: Math.fround(stream.normal()),
  isCorrect: i % 11 === 0 && i >= 1000 ? null : stream.integer(2) === 0,
  tokens: 10 + stream.integer(30),
  answer: i < 1000 || i % 7 === 0 ? null : String(stream.integer(9)),
  subset: i % 5 === 0 ? null : `section ${i % 3}`,
  source: i < 1000 ? null : `origin/model ${i % 4}`,
}));

describe('items as a file', () => {
  it('come back as they were, nulls and float32 rewards included', () => {
    const file = path.join(folder, 'items.arrow');
    writeItems(file, items);
    expect(readItems(file)).toEqual(items);
    // Dictionary-encoded: about 40 bytes a row plus the distinct words, where repeating the texts would take 90 alone.
    expect(statSync(file).size).toBeLessThan(4000 * 45);
  });

  it('equal items give equal bytes', () => {
    const [a, b] = [path.join(folder, 'a.arrow'), path.join(folder, 'b.arrow')];
    writeItems(a, items);
    writeItems(b, structuredClone(items));
    expect(readFileSync(a).equals(readFileSync(b))).toBe(true);
  });

  it('no items, and rewards that are not finite, survive', () => {
    const file = path.join(folder, 'odd.arrow');
    writeItems(file, []);
    expect(readItems(file)).toEqual([]);
    const odd = [NaN, Infinity, -0].map((reward, c): Item => ({
      set: 'pool',
      itemId: 'q',
      group: 'q',
      candidate: c,
      reward,
      isCorrect: false,
      tokens: 1,
      answer: null,
      subset: null,
      source: null,
    }));
    writeItems(file, odd);
    expect(readItems(file)).toEqual(odd);
  });

  it('refuses a file that is no Arrow file, naming it', () => {
    const file = path.join(folder, 'text.arrow');
    writeFileSync(file, 'rewards');
    expect(() => readItems(file)).toThrow(file);
  });
});
