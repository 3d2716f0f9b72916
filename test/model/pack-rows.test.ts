import { describe, expect, it } from 'vitest';
import { lmLabels, marginPooling, rewardPooling, RowPacker, type Row } from '../../harness/model/index.ts';

const ids = (...values: number[]): Int32Array => Int32Array.from(values);
// Row 0: prompt 10 11, responses 12 13 and 14. Row 1: prompt 20, responses 21 and 22 23 24 (row length 5 each).
const rows: readonly Row[] = [
  { prompt: ids(10, 11), responses: [ids(12, 13), ids(14)] },
  { prompt: ids(20), responses: [ids(21), ids(22, 23, 24)] },
];
const padded: readonly Row[] = [...rows, { prompt: ids(30, 31), responses: [ids(32)] }];

describe('RowPacker', () => {
  it('lays tokens out without padding and restarts positions after the prompt', () => {
    const packed = new RowPacker(8).pack(rows);
    expect([...packed.tokenIds]).toEqual([10, 11, 12, 13, 14, 20, 21, 22, 23, 24]);
    expect([...packed.positions]).toEqual([0, 1, 2, 3, 2, 0, 1, 1, 2, 3]);
    expect(packed.spans).toEqual([
      { row: 0, start: 2, length: 2 },
      { row: 0, start: 4, length: 1 },
      { row: 1, start: 6, length: 1 },
      { row: 1, start: 7, length: 3 },
    ]);
  });

  it('maps packed tokens to padded places and back', () => {
    const packed = new RowPacker(8, 4).pack(padded);
    // longest row 5, rounded up to a multiple of 4
    expect([packed.tokens, packed.rows, packed.rowLength]).toEqual([13, 3, 8]);
    for (let token = 0; token < packed.tokens; token++)
      expect(packed.padIndex[packed.packIndex[token] ?? -1]).toBe(token);
    expect(packed.padMask.reduce((sum, value) => sum + value, 0)).toBe(13);
    for (const place of packed.packIndex) expect(packed.padMask[place]).toBe(1);
  });

  it('shows each token exactly its prompt and its own response up to itself', () => {
    const packed = new RowPacker(8).pack(padded);
    const S = packed.rowLength;
    // Which response each place of a row belongs to: 0 = prompt, -1 = padding; written out by hand.
    const owner = [
      [0, 0, 1, 1, 2],
      [0, 1, 2, 2, 2],
      [0, 0, 1, -1, -1],
    ];
    for (const [row, owners] of owner.entries()) {
      for (const [query, mine] of owners.entries()) {
        for (const [key, theirs] of owners.entries()) {
          const isVisible = mine >= 0 && key <= query && (theirs === 0 || theirs === mine);
          expect(packed.attentionMask![(row * S + query) * S + key], `row ${row} query ${query} key ${key}`).toBe(
            isVisible ? 0 : -1e9,
          );
        }
      }
    }
  });

  it('gives the same arrays after a larger batch used its buffers', () => {
    const packer = new RowPacker(8);
    packer.pack([...padded, ...padded]);
    const again = packer.pack(rows);
    const fresh = new RowPacker(8).pack(rows);
    expect(again).toEqual(fresh);
  });

  it('refuses a row over the context length, counting prompt and one response but not both', () => {
    const row = { prompt: ids(1, 2, 3), responses: [ids(4, 5), ids(6, 7)] };
    expect(() => new RowPacker(5).pack([row])).not.toThrow();
    expect(() => new RowPacker(4).pack([row])).toThrow(
      'row 0: prompt + response is 5 tokens, over the context length 4',
    );
  });

  it('refuses what has no place to read a reward or a label from', () => {
    const packer = new RowPacker(8);
    expect(() => packer.pack([])).toThrow('at least one row');
    expect(() => packer.pack([{ prompt: ids(), responses: [ids(1)] }])).toThrow('needs a prompt');
    expect(() => packer.pack([{ prompt: ids(1), responses: [ids()] }])).toThrow('a response is empty');
  });

  it('packs 16 rows of 150 tokens in well under the time of a step', () => {
    const long = Array.from({ length: 16 }, () => ({
      prompt: new Int32Array(50),
      responses: [new Int32Array(50), new Int32Array(50)],
    }));
    const packer = new RowPacker(160);
    packer.pack(long);
    const times = Array.from({ length: 50 }, () => {
      const start = performance.now();
      packer.pack(long);
      return performance.now() - start;
    }).sort((a, b) => a - b);
    // 0.2 ms on an idle core; the limit leaves room for a busy machine, while a pass per mask element in plain loops
    // would take longer.
    expect(times[10]).toBeLessThan(3);
  });
});

describe('targets', () => {
  it('labels the chosen responses only, the last prompt token predicting the first label', () => {
    const { labelRows, labelTargets } = lmLabels(new RowPacker(8).pack(rows));
    expect([...labelRows]).toEqual([1, 2, 5]); // token 11 -> 12, 12 -> 13; token 20 -> 21
    expect([...labelTargets]).toEqual([12, 13, 21]);
  });

  it('pools the last token, or the mean of a response', () => {
    const packed = new RowPacker(8).pack(rows);
    expect([...rewardPooling(packed, 'last')].flatMap((value, index) => (value === 0 ? [] : [[index, value]]))).toEqual(
      [
        [3, 1],
        [14, 1],
        [26, 1],
        [39, 1],
      ],
    );
    const third = Math.fround(1 / 3);
    expect([...rewardPooling(packed, 'mean')].slice(30)).toEqual([0, 0, 0, 0, 0, 0, 0, third, third, third]);
  });

  it('takes the margin as chosen minus rejected', () => {
    const packed = new RowPacker(8).pack(rows);
    expect([...marginPooling(packed, 'last')]).toEqual([0, 0, 0, 1, -1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, -1]);
    expect(() => marginPooling(new RowPacker(8).pack(padded), 'last')).toThrow('one row with two responses');
  });
});
