import { describe, expect, it } from 'vitest';
import { splitByGroup, type SplitOptions } from '../../harness/data/split-groups.ts';

/** `a1` is row 1 of group a. */
const options: SplitOptions<string> = { groupOf: (row) => row.slice(0, 1), seed: 0, stream: ['test'] };
const rows = [...'abcdefghij'].flatMap((group) => [`${group}1`, `${group}2`]);

describe('splits by group', () => {
  it('take whole groups for a share, and no group twice', () => {
    const { train, dev, test } = splitByGroup({ train: rows, dev: 0.2, test: 0.3 }, options);
    expect([train.length, dev.length, test.length]).toEqual([10, 4, 6]);
    expect([...train, ...dev, ...test].toSorted()).toEqual(rows);
    for (const split of [train, dev, test]) expect(new Set(split.map(options.groupOf)).size).toBe(split.length / 2);
  });

  it('take one group at least, however small the share', () => {
    const { dev, test } = splitByGroup({ train: rows, dev: 0.001, test: 0.001 }, options);
    expect([dev.length, test.length]).toEqual([2, 2]);
  });

  it('take what stands in a later split out of the earlier ones, counted in rows', () => {
    const found = splitByGroup({ train: rows, dev: ['a9', 'x1'], test: ['a8', 'b8', 'y1'] }, options);
    expect(found.train).toEqual(rows.slice(4));
    expect([found.dev, found.test]).toEqual([['x1'], ['a8', 'b8', 'y1']]);
    expect(found.counts).toEqual({
      'train: group also in test': 4,
      'train: group also in dev': 0,
      'dev: group also in test': 1,
    });
  });

  it('are drawn with the seed and the names of the stream', () => {
    const testOf = (more: Partial<SplitOptions<string>>): readonly string[] =>
      splitByGroup({ train: rows, dev: 0.2, test: 0.3 }, { ...options, ...more }).test;
    expect(testOf({})).toEqual(testOf({}));
    expect(testOf({ seed: 1 })).not.toEqual(testOf({}));
    expect(testOf({ stream: ['other'] })).not.toEqual(testOf({}));
  });
});
