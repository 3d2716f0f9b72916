/** Masks of blocks against a function that knows only which token belongs to which text and where it stands there. */
import { describe, expect, it } from 'vitest';
import { packerFor, readTokens, RowPacker, type PackedRows, type Row } from '../../harness/model/index.ts';
import { batchFeeds, type FeedArray } from '../../harness/model/batch-inputs.ts';
import { randomStream } from '../../harness/random/index.ts';
import { tinyModels } from './tiny-models.ts';

interface Token {
  readonly row: number;
  /** 0 = the prompt, n = the n-th response. */
  readonly text: number;
  /** Counted through the prompt and the own response. */
  readonly position: number;
}

const stream = randomStream(12, 'sight');
const rows: readonly Row[] = Array.from({ length: 9 }, () => ({
  prompt: ids(1 + stream.integer(9)),
  responses: Array.from({ length: 1 + stream.integer(3) }, () => ids(1 + stream.integer(9))),
}));

function ids(length: number): Int32Array {
  return Int32Array.from({ length }, () => stream.integer(20));
}

function sees(query: Token, key: Token, window: number): boolean {
  const isOfOne = query.row === key.row && (key.text === 0 || key.text === query.text);
  return isOfOne && key.position <= query.position && key.position > query.position - window;
}

/** In packed order. */
function tokensOf(given: readonly Row[]): readonly Token[] {
  return given.flatMap(({ prompt, responses }, row) => {
    const text = (number: number, length: number, first: number): readonly Token[] =>
      Array.from({ length }, (_, i) => ({ row, text: number, position: first + i }));
    return [
      ...text(0, prompt.length, 0),
      ...responses.flatMap(({ length }, index) => text(index + 1, length, prompt.length)),
    ];
  });
}

/** What a block shows: by packed numbers of queries, the packed numbers of keys. */
function shown(packed: PackedRows, feeds: Readonly<Record<string, FeedArray>>, mask: string): Map<number, number[]> {
  const found = new Map<number, number[]>();
  for (let block = 0; feeds[`${mask}:${block}`] !== undefined; block++) {
    const { data, shape } = feeds[`${mask}:${block}`] as FeedArray;
    const [B, , T, E] = shape as readonly [number, number, number, number];
    const keys = feeds[`${mask}:${block}:keys`]?.data as Int32Array;
    expect([...keys]).toEqual(Array.from({ length: E }, (_, index) => (keys[0] as number) + index));
    for (let row = 0; row < B; row++)
      for (let query = 0; query < T; query++) {
        const place = row * packed.rowLength + block * T + query;
        const line = [...data.subarray((row * T + query) * E, (row * T + query + 1) * E)];
        expect(line.every((value) => value === 0 || value === -1e9)).toBe(true);
        if (packed.padMask[place] === 0) continue;
        const seen = line.flatMap((value, key) =>
          value === 0 ? [row * packed.rowLength + (keys[key] as number)] : [],
        );
        found.set(
          packed.padIndex[place] as number,
          seen.map((at) => (packed.padMask[at] === 1 ? (packed.padIndex[at] as number) : -1)).sort((a, b) => a - b),
        );
      }
  }
  return found;
}

describe.each([1, 3, 7, 30])('rows packed for attention in blocks, with a window of %i tokens', (window) => {
  it.each([2, 3, 8])('show every token what it sees, in %i blocks', (blocks) => {
    const packer = new RowPacker(20, 1, { hasFull: true, window }, blocks);
    packer.pack(rows.toReversed()); // What an earlier batch left in the buffers.
    const packed = packer.pack(rows);
    const tokens = tokensOf(rows);
    expect(packed.rowLength % blocks).toBe(0);
    expect([packed.attentionMask, packed.windowMask]).toEqual([null, null]);
    const feeds = batchFeeds(packed, 0, ['attentionMask', 'windowMask']);
    for (const [mask, size] of [
      ['attentionMask', Infinity],
      ['windowMask', window],
    ] as const) {
      const found = shown(packed, feeds, mask);
      expect(found.size).toBe(packed.tokens);
      for (const [query, token] of tokens.entries())
        expect(found.get(query)).toEqual([...tokens.keys()].filter((key) => sees(token, tokens[key] as Token, size)));
    }
  });
});

describe('blocks', () => {
  const pair: Row = { prompt: ids(4), responses: [ids(8), ids(8)] };
  const blockKeys = (blocks: number, row: Row): readonly (readonly number[])[] => {
    const packed = new RowPacker(20, 1, { hasFull: true, window: null }, blocks).pack([row]);
    const feeds = batchFeeds(packed);
    return Array.from({ length: blocks }, (_, block) => {
      const keys = [...(feeds[`attentionMask:${block}:keys`]?.data ?? [])];
      return [keys[0] as number, (keys.at(-1) as number) + 1];
    });
  };

  it('need neither the other response nor the rest of their own', () => {
    // Places: the first response backwards 0..7, the prompt 8..11, the second response 12..19.
    expect(blockKeys(5, pair)).toEqual([
      [0, 12],
      [4, 12],
      [8, 12],
      [8, 16],
      [8, 20],
    ]);
  });

  it('of nothing but padding have one key', () => {
    expect(blockKeys(4, { prompt: ids(1), responses: [ids(1)] })).toEqual([
      [0, 2],
      [1, 2],
      [0, 1],
      [0, 1],
    ]);
  });

  it('are as many as divide the row, whose tokens lie where they did among the packed ones', () => {
    const [model] = tinyModels as readonly [(typeof tinyModels)[number]];
    const [whole, cut] = [1, 3].map((blocks) => packerFor(model, blocks).pack([pair])) as [PackedRows, PackedRows];
    expect([whole.rowLength, cut.rowLength]).toEqual([20, 21]);
    expect(cut.tokenIds).toEqual(whole.tokenIds);
    expect(cut.positions).toEqual(whole.positions);
    expect([...cut.packIndex].map((place) => cut.padIndex[place])).toEqual([...cut.packIndex.keys()]);
  });
});

describe('read tokens in blocks', () => {
  const labelRows = Int32Array.of(3, 4, 5, 6);
  const packed = new RowPacker(20, 1, { hasFull: true, window: null }, 2).pack([
    { prompt: ids(4), responses: [ids(3), ids(5)] },
  ]);

  it('lie in the order of the places of all tokens', () => {
    const read = readTokens(packed, { labelRows, pooling: 'last', mask: 'attentionMask' });
    // The first response backwards, the last token of the prompt, the last of the second response.
    expect([...read.padIndex].map((number) => read.tokens[number])).toEqual([6, 5, 4, 3, 11, 3]);
    expect([...read.padMask]).toEqual([1, 1, 1, 1, 1, 0]);
    expect(read.attentionMask).toBeNull();
    expect(read.blocks.map(({ keys }) => [...keys])).toEqual([
      [0, 1, 2, 3, 4, 5, 6],
      [3, 4, 5, 6, 7, 8, 9, 10, 11],
    ]);
  });

  it('are not cut where they are the last ones of responses only', () => {
    const read = readTokens(packed, { labelRows: null, pooling: 'last', mask: 'attentionMask' });
    expect([read.rowLength, read.blocks]).toEqual([2, []]);
    const seen = (line: number): number[] =>
      [...(read.attentionMask ?? [])].slice(12 * line, 12 * (line + 1)).map((value) => (value === 0 ? 1 : 0));
    expect(seen(0)).toEqual([1, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0]);
    expect(seen(1)).toEqual([0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1, 1]);
  });
});
