import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { randomStream } from '../../../harness/random/index.ts';
import { GrowingRows } from '../../../harness/data/storage/growing.ts';
import { KeyTable } from '../../../harness/data/storage/key-table.ts';
import { RowSpool } from '../../../harness/data/storage/row-spool.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'spool-'));
afterAll(() => rmSync(folder, { recursive: true }));

describe('a spool of rows', () => {
  test('gives rows back in any order, as often as asked, whatever their length and characters', () => {
    const rows = Array.from({ length: 5000 }, (_, i) => ({ i, text: 'é👩\u2028'.repeat(i % 97) }));
    rows.push({ i: 5000, text: 'x'.repeat(300_000) });
    const spool = new RowSpool<(typeof rows)[number]>(path.join(folder, 'a'));
    for (const [i, row] of rows.entries()) expect(spool.append(row)).toBe(i);
    spool.close();
    const order = randomStream(1, 'spool').shuffled(rows.map((_, i) => i));
    expect([...spool.rows(order)].map(({ i }) => i)).toEqual(order);
    expect([...spool.rows([5000, 0, 5000])]).toEqual([rows[5000], rows[0], rows[5000]]);
  });

  test('says so where its file was changed, or a row is none of its own', () => {
    const spool = new RowSpool<{ a: number }>(path.join(folder, 'b'));
    spool.append({ a: 1 });
    spool.close();
    expect(() => [...spool.rows([1])]).toThrow(/row 1 of 1/);
    writeFileSync(path.join(folder, 'b'), '');
    expect(() => [...spool.rows([0])]).toThrow(/was changed while it was read/);
  });
});

test('keys are numbered in the order in which they are first seen', () => {
  const stream = randomStream(2, 'keys');
  const table = new KeyTable();
  // Few low words, so that many keys want one slot; enough keys to grow several times.
  const keys = Array.from({ length: 20_000 }, () => [stream.integer(50), stream.integer(200)] as const);
  const known = new Map<string, number>();
  for (const key of keys) {
    const expected = known.get(key.join()) ?? known.size;
    known.set(key.join(), expected);
    expect(table.numberOf(Uint32Array.from(key))).toBe(expected);
  }
  expect(table.count).toBe(known.size);
});

test('rows of numbers grow over blocks', () => {
  const rows = new GrowingRows(3, (length) => new Uint32Array(length));
  for (let i = 0; i < 20_000; i++) rows.append([i, 2 * i, 3 * i]);
  expect([rows.count, rows.at(8191, 1), rows.at(8192, 2), rows.at(19_999)]).toEqual([20_000, 16_382, 24_576, 19_999]);
  expect(() => rows.at(30_000)).toThrow(RangeError);
});
