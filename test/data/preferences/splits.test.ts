import { copyFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { array, assert as assertProperty, asyncProperty, integer, nat, record } from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { preferencePairs, type PreferencePair } from '../../../harness/data/index.ts';
import { lines, options, pairRows, task, temporaryFolder, usualFields, type Row } from './row-files.ts';

const folder = temporaryFolder();
afterAll(() => rmSync(folder, { recursive: true, force: true }));

let files = 0;
const written = (rows: readonly unknown[]): string => {
  const file = path.join(folder, `rows-${files++}.jsonl`);
  writeFileSync(file, lines(rows));
  return file;
};
const byGroup = { ...usualFields, group: 'topic' };
const promptsOf = (pairs: readonly PreferencePair[]): ReadonlySet<string> =>
  new Set(pairs.map(({ prompt }) => prompt.trim()));
const groupsOf = (pairs: readonly PreferencePair[]): ReadonlySet<string> => new Set(pairs.map(({ group }) => group));
const pairsOf = (changes: Partial<Parameters<typeof preferencePairs>[0]> & { path: string | readonly string[] }) =>
  preferencePairs({ ...options, heldOut: 0.02, ...changes }, () => {});

describe('shares', () => {
  it('are shares of the groups of train', async () => {
    const { train, dev, test } = await task({ train: written(pairRows(100)), dev: 0.1, test: 0.2 });
    expect([train.length, dev.length, test.length]).toEqual([70, 10, 20]);
  });

  it('are drawn with the seed', async () => {
    const file = written(pairRows(50));
    const testOf = async (seed: number): Promise<unknown> => (await task({ train: file, seed })).test;
    expect(await testOf(1)).toEqual(await testOf(1));
    expect(await testOf(1)).not.toEqual(await testOf(2));
  });

  it('never part a group, nor rows of one prompt, whatever their groups', async () => {
    const row = record({ topic: integer({ min: 0, max: 12 }), prompt: integer({ min: 0, max: 25 }) });
    await assertProperty(
      asyncProperty(array(row, { minLength: 30, maxLength: 40 }), nat(100), async (drawn, seed) => {
        const rows = drawn.map(({ topic, prompt }, i) => ({
          topic,
          prompt: `p${prompt}`,
          chosen: `${topic} good ${i}`,
          rejected: `${topic} bad ${i}`,
        }));
        const splits = await task({ train: written(rows), fields: byGroup, seed, dev: 0.2, test: 0.2 }).catch(
          () => null,
        );
        if (splits === null) return; // everything is one group
        const topicOf = (pairs: readonly PreferencePair[]): ReadonlySet<string> =>
          new Set(pairs.map(({ chosen }) => chosen.split(' ')[0] as string));
        const { train, dev, test } = splits;
        expect(train.length + dev.length + test.length).toBe(rows.length);
        for (const [a, b] of [
          [train, dev],
          [train, test],
          [dev, test],
        ] as const)
          for (const facts of [promptsOf, groupsOf, topicOf])
            expect([...facts(a)].filter((fact) => facts(b).has(fact))).toEqual([]);
      }),
      { numRuns: 20 },
    );
  });

  it('have at least one group each, however small the file', async () => {
    const { train, dev, test } = await task({ train: written(pairRows(3)) });
    expect([train.length, dev.length, test.length]).toEqual([1, 1, 1]);
  });

  it('are refused where they leave nothing to train on', async () => {
    await expect(task({ train: written(pairRows(2)) })).rejects.toMatchObject({
      exitCode: 2,
      message: 'task own: no pair is left for train',
    });
  });

  it('need the group in every row; rows without one are counted', async () => {
    const rows = pairRows(20).map((row, i): Row => (i === 4 ? row : { ...row, topic: i }));
    const { counts } = await task({ train: written(rows), fields: byGroup });
    expect(counts['row: group missing']).toBe(1);
  });
});

describe('files for dev and test', () => {
  const rows = pairRows(30);

  it('take their groups out of train, counted', async () => {
    const { train, dev, test, counts, notes } = await task({
      train: written(rows),
      dev: written(rows.slice(3, 8)),
      test: written(rows.slice(0, 5)),
    });
    expect(counts).toMatchObject({
      'train: group also in test': 5,
      'train: group also in dev': 3,
      'dev: group also in test': 2,
    });
    expect([train.length, dev.length, test.length]).toEqual([22, 3, 5]);
    expect(notes).toEqual([
      'train: left out: 5 rows, group also in test; left out: 3 rows, group also in dev',
      'dev: left out: 2 rows, group also in test',
    ]);
    expect([...promptsOf(train)].filter((prompt) => promptsOf(test).has(prompt) || promptsOf(dev).has(prompt))).toEqual(
      [],
    );
  });

  it('find an equal prompt in another spelling of the white space around it', async () => {
    const { counts } = await task({ train: written(rows), test: written([{ ...rows[0], prompt: ' Question 0?\n' }]) });
    expect(counts['train: group also in test']).toBe(1);
  });

  it('find a group that train shares under another prompt', async () => {
    const topics = (some: readonly Row[], topic: string): readonly Row[] => some.map((row) => ({ ...row, topic }));
    const train = written([...topics(rows.slice(0, 4), 'a'), ...rows.slice(4).map((row, i) => ({ ...row, topic: i }))]);
    const { counts } = await task({ train, test: written(topics(pairRows(1, 500), 'a')), fields: byGroup });
    expect(counts['train: group also in test']).toBe(4);
  });

  it('are refused where train has nothing else', async () => {
    await expect(task({ train: written(rows), test: written(rows) })).rejects.toMatchObject({
      exitCode: 2,
      message: 'task own: no pair is left for train (left out: 30 rows, group also in test)',
    });
  });
});

describe('pairs for pretraining', () => {
  it('hold out a share of the groups, one at least', async () => {
    const { pairs, heldOut } = await pairsOf({ path: written(pairRows(20)) });
    expect([pairs.length, heldOut.length]).toEqual([19, 1]);
  });

  it('hold out at most 500 pairs', async () => {
    const { pairs, heldOut } = await pairsOf({ path: written(pairRows(2000)), heldOut: 0.5 });
    expect([pairs.length, heldOut.length]).toEqual([1500, 500]);
  });

  it('take the groups of a held-out file out, counted', async () => {
    const { pairs, heldOut, counts } = await pairsOf({
      path: written(pairRows(20)),
      heldOut: written(pairRows(5, 18)),
    });
    expect([pairs.length, heldOut.length, counts['group also held out']]).toEqual([18, 5, 2]);
  });

  it('come from several files, a pair of two of them once', async () => {
    const { pairs, heldOut, counts } = await pairsOf({ path: [written(pairRows(10)), written(pairRows(10, 8))] });
    expect([pairs.length + heldOut.length, counts['pair: duplicate']]).toEqual([18, 2]);
  });

  it('are the same wherever the files lie', async () => {
    const file = written(pairRows(30));
    copyFileSync(file, path.join(folder, 'elsewhere.jsonl'));
    expect(await pairsOf({ path: path.join(folder, 'elsewhere.jsonl') })).toEqual(await pairsOf({ path: file }));
  });

  it('are refused where all are held out', async () => {
    const file = written(pairRows(3));
    await expect(pairsOf({ path: file, heldOut: file })).rejects.toMatchObject({ exitCode: 2 });
  });
});
