/** Pairs in shards: what was written comes back, by row and as text, however the rows are cut into shards. */
import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { tableFromIPC } from 'apache-arrow';
import * as fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import {
  encodePairs,
  loadTokenizer,
  openEncodedPairs,
  storedPairShards,
  trainBpe,
  writeEncodedPairs,
  writePairShards,
  type EncodedPair,
  type PreferencePair,
  type ShardLimits,
} from '../../../harness/data/index.ts';
import { UserError } from '../../../harness/spec/user-error.ts';

const root = mkdtempSync(path.join(tmpdir(), 'harness-pair-shards-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));
const place = (): string => mkdtempSync(path.join(root, 'shards-'));

const tokenizer = loadTokenizer(trainBpe([], { vocabSize: 257 }));

const pair = (index: number): PreferencePair => ({
  id: `package/file.js:${index}`,
  group: `group ${index >> 1}`,
  prompt: `/** é ${'x'.repeat(index % 7)} */ f${index}(`,
  chosen: `a < ${index};\n`,
  rejected: `a <= ${index}${index % 3 === 0 ? '' : ' '.repeat(index % 5)};\n`,
  source: 'package',
  edits: index % 4 === 0 ? [] : [`operator: < -> <= (line ${index})`, 'é'],
  ...(index % 3 === 0 && { margin: index / 3 }),
  ...(index % 2 === 0 && { language: 'javascript', isDescribed: index % 4 === 0 }),
});
const pairs = Array.from({ length: 50 }, (_, index) => pair(index));

interface Written {
  readonly folder: string;
  readonly outputs: readonly string[];
  readonly counts: Readonly<Record<string, number>>;
}

async function written(
  rows: readonly PreferencePair[],
  limits: Partial<ShardLimits> = {},
  contextLength = 100,
): Promise<Written> {
  const folder = place();
  const options = { folder, name: 'pairs', tokenizer, contextLength, overLength: 'drop' as const };
  const all = { pairs: 1e6, characters: 1e9, ...limits };
  return { folder, ...(await writePairShards(rows, { ...options, limits: all })) };
}

const encodedOf = (folder: string): readonly EncodedPair[] => {
  const shards = openEncodedPairs(folder, 'pairs');
  try {
    return Array.from({ length: shards.count }, (_, row) => shards.at(row));
  } finally {
    shards.close();
  }
};
async function textsOf(folder: string): Promise<readonly PreferencePair[]> {
  const texts: PreferencePair[] = [];
  for await (const text of storedPairShards(folder, 'pairs')) texts.push(text);
  return texts;
}
const digestsOf = (folder: string): readonly string[] =>
  readdirSync(folder).map(
    (file) =>
      `${file} ${createHash('sha256')
        .update(readFileSync(path.join(folder, file)))
        .digest('hex')}`,
  );

describe('writing', () => {
  test('gives back texts and token ids row by row, whatever the number of shards', async () => {
    const { encoded } = encodePairs(pairs, tokenizer, { contextLength: 100, overLength: 'drop' });
    for (const [limit, shards] of [
      [50, 1],
      [8, 7],
    ] as const) {
      const { folder, outputs, counts } = await written(pairs, { pairs: limit });
      expect(outputs).toHaveLength(2 * shards);
      expect(outputs.toSorted()).toEqual(readdirSync(folder).toSorted());
      expect(encodedOf(folder)).toEqual(encoded);
      expect(await textsOf(folder)).toEqual(pairs);
      expect(counts['pairs']).toBe(50);
    }
  });

  test('ends a shard where its text is long enough', async () => {
    const long = (index: number): PreferencePair => ({ ...pair(index), prompt: 'x'.repeat(40) });
    const { outputs } = await written([0, 1, 2, 3, 4].map(long), { characters: 100 });
    expect(outputs.filter((file) => file.endsWith('.arrow'))).toEqual([
      'pairs-00000.arrow',
      'pairs-00001.arrow',
      'pairs-00002.arrow',
    ]);
  });

  test('drops and counts what does not fit, from both files', async () => {
    // One token a byte and the end token: `a` + longer of (`b`, `cc`) + 1 = 4 tokens, the second pair 5.
    const rows = [
      { ...pair(0), id: 'fits', prompt: 'a', chosen: 'b', rejected: 'cc' },
      { ...pair(1), id: 'too long', prompt: 'aa', chosen: 'b', rejected: 'cc' },
    ];
    const { folder, counts } = await written(rows, {}, 4);
    expect((await textsOf(folder)).map(({ id }) => id)).toEqual(['fits']);
    expect(encodedOf(folder).map(({ id }) => id)).toEqual(['fits']);
    expect(counts).toEqual({
      'pair: longer than the context': 1,
      pairs: 1,
      mean_prompt_tokens: 1,
      mean_chosen_tokens: 2,
      mean_rejected_tokens: 3,
    });
  });

  test('gives equal bytes for equal rows, and writes over what an earlier attempt left', async () => {
    const first = await written(pairs, { pairs: 20 });
    const again = await written(pairs, { pairs: 20 });
    expect(digestsOf(again.folder)).toEqual(digestsOf(first.folder));
    writeFileSync(path.join(again.folder, 'pairs-00003.arrow'), 'of another attempt');
    writeFileSync(path.join(again.folder, 'pairs-of-mine.arrow'), 'of somebody else');
    await writePairShards(pairs.slice(0, 30), {
      folder: again.folder,
      name: 'pairs',
      tokenizer,
      contextLength: 100,
      overLength: 'drop' as const,
      limits: { pairs: 20, characters: 1e9 },
    });
    expect(await textsOf(again.folder)).toEqual(pairs.slice(0, 30));
    expect(encodedOf(again.folder)).toHaveLength(30);
    expect(readdirSync(again.folder)).toContain('pairs-of-mine.arrow');
  });

  test('writes one shard without rows where there are none', async () => {
    const { folder, outputs, counts } = await written([]);
    expect(outputs).toEqual(['pairs-00000.parquet', 'pairs-00000.arrow']);
    expect(counts).toMatchObject({ pairs: 0, mean_prompt_tokens: 0 });
    expect(await textsOf(folder)).toEqual([]);
    expect(encodedOf(folder)).toEqual([]);
  });

  test('keeps any text, and writes what is no text as U+FFFD', async () => {
    const rows = [
      { ...pair(0), id: '', prompt: '\u0000\t"\u2028', chosen: '👩‍👩‍👧', rejected: "'); drop table pairs; --" },
      { ...pair(1), prompt: 'half \ud800', chosen: '', rejected: '\r\n' },
    ];
    const { folder } = await written(rows);
    expect(await textsOf(folder)).toEqual([rows[0], { ...rows[1], prompt: 'half \ufffd' }]);
  });

  test('goes on past a batch of token ids and a chunk of text', async () => {
    const many = Array.from({ length: 9000 }, (_, index) => pair(index));
    const { folder, outputs } = await written(many, { pairs: 8500 });
    expect(outputs).toHaveLength(4);
    const shards = openEncodedPairs(folder, 'pairs');
    const rows = [0, 4095, 4096, 8191, 8192, 8499, 8500, 8999];
    expect(rows.map((row) => shards.at(row))).toEqual(
      rows.map(
        (row) =>
          encodePairs([many[row] as PreferencePair], tokenizer, { contextLength: 100, overLength: 'drop' }).encoded[0],
      ),
    );
    shards.close();
    expect(await textsOf(folder)).toEqual(many);
    expect(storedPairShards(folder, 'pairs').count).toBe(9000);
  });

  test('passes on what its rows throw', async () => {
    const broken = function* (): Generator<PreferencePair> {
      yield* pairs;
      throw new Error('no more rows');
    };
    const many = function* (): Generator<PreferencePair> {
      for (let index = 0; index < 5000; index++) yield pair(index);
      yield* broken();
    };
    const options = { folder: place(), name: 'pairs', tokenizer, contextLength: 100, overLength: 'drop' as const };
    await expect(writePairShards(broken(), options)).rejects.toThrow('no more rows');
    await expect(writePairShards(many(), options)).rejects.toThrow('no more rows');
    expect(refusal(() => openEncodedPairs(options.folder, 'pairs')).message).toContain('cut off');
  });
});

describe('token ids by row', () => {
  const ids = fc.array(fc.integer({ min: 0, max: 65_535 }), { maxLength: 12 }).map((list) => Int32Array.from(list));
  const encodedPair = fc.record(
    {
      id: fc.string({ unit: 'grapheme' }),
      prompt: ids,
      chosen: ids,
      rejected: ids,
      margin: fc.double({ noNaN: true }),
    },
    { requiredKeys: ['id', 'prompt', 'chosen', 'rejected'] },
  );

  test('are those of any file of pairs', () => {
    const folder = place();
    fc.assert(
      fc.property(fc.array(encodedPair, { maxLength: 20 }), (rows) => {
        writeEncodedPairs(path.join(folder, 'pairs-00000.arrow'), rows);
        expect(encodedOf(folder)).toEqual(rows);
      }),
      { numRuns: 60, examples: [[[]]] },
    );
  });

  test('have their lengths and the presence of margins without being read', async () => {
    const { folder } = await written(pairs, { pairs: 8 });
    const shards = openEncodedPairs(folder, 'pairs');
    for (const [row, { prompt, chosen, rejected }] of encodePairs(pairs, tokenizer, {
      contextLength: 100,
      overLength: 'drop',
    }).encoded.entries())
      expect(shards.lengths(row)).toEqual({ prompt: prompt.length, chosen: chosen.length, rejected: rejected.length });
    expect(shards.hasMargins).toBe(true);
    shards.close();
    const plain = await written(pairs.filter(({ margin }) => margin === undefined));
    const without = openEncodedPairs(plain.folder, 'pairs');
    expect(without.hasMargins).toBe(false);
    expect(without.at(3)).not.toHaveProperty('margin');
    without.close();
  });

  test('have no row beyond the last', async () => {
    const { folder } = await written(pairs, { pairs: 8 });
    const shards = openEncodedPairs(folder, 'pairs');
    for (const row of [-1, 50, 0.5, NaN]) {
      expect(() => shards.at(row)).toThrow(RangeError);
      expect(() => shards.lengths(row)).toThrow(`has 50 pairs, and no row ${row}`);
    }
    shards.close();
  });

  test('are plain Arrow tables to other readers', async () => {
    const { folder } = await written(pairs.slice(0, 2));
    const table = tableFromIPC(readFileSync(path.join(folder, 'pairs-00000.arrow')));
    expect(table.schema.fields.map(({ name }) => name)).toEqual(['id', 'prompt', 'chosen', 'rejected', 'margin']);
    expect(table.toArray()[1]).toMatchObject({ id: 'package/file.js:1', margin: null });
  });
});

describe('damage', () => {
  test('a shard cut anywhere is refused by name', async () => {
    const { folder } = await written(pairs, { pairs: 25 });
    const shard = path.join(folder, 'pairs-00001.arrow');
    for (let size = statSync(shard).size - 1; size >= 0; size -= 197) {
      truncateSync(shard, size);
      expect(
        refusal(() => openEncodedPairs(folder, 'pairs')),
        `${size} bytes`,
      ).toMatchObject({
        exitCode: 4,
        message: expect.stringContaining('pairs-00001.arrow'),
      });
    }
    rmSync(shard);
    rmSync(path.join(folder, 'pairs-00001.parquet'));
    rmSync(path.join(folder, 'pairs-00000.arrow'));
    expect(refusal(() => openEncodedPairs(folder, 'pairs')).message).toContain(
      'pairs-00000.arrow: there is no such file',
    );
  });

  test('a shard whose ends are whole and whose middle is not is refused', async () => {
    const { folder } = await written(pairs);
    const shard = path.join(folder, 'pairs-00000.arrow');
    const whole = readFileSync(shard);
    for (const position of [12, 16, 40]) {
      const broken = Buffer.from(whole);
      broken.fill(0x7f, position, position + 4);
      writeFileSync(shard, broken);
      expect(refusal(() => encodedOf(folder)).exitCode, `byte ${position}`).toBe(4);
    }
  });

  test('texts that are cut off or missing are refused by name', async () => {
    const { folder } = await written(pairs, { pairs: 10 });
    truncateSync(path.join(folder, 'pairs-00004.parquet'), 300);
    await expect(textsOf(folder)).rejects.toMatchObject({
      exitCode: 4,
      message: expect.stringContaining('pairs-00004.parquet: cannot be read'),
    });
    rmSync(path.join(folder, 'pairs-00002.parquet'));
    expect(refusal(() => storedPairShards(folder, 'pairs')).message).toContain(
      'pairs-00002.parquet: there is no such file',
    );
  });
});

function refusal(action: () => unknown): UserError {
  try {
    action();
  } catch (error) {
    if (error instanceof UserError) return error;
    throw error;
  }
  throw new Error('expected a refusal');
}
