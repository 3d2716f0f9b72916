import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { allRows, type CorpusFunction } from '../../../harness/data/index.ts';
import { chooseFunctions, type KeyedFunction } from '../../../harness/data/corpus/choose-functions.ts';
import { functionKeys, signatureSize } from '../../../harness/data/corpus/function-keys.ts';
import { SimilarFunctions } from '../../../harness/data/corpus/similar-functions.ts';
import { GrowingRows } from '../../../harness/data/storage/growing.ts';
import { randomStream, type RandomStream } from '../../../harness/random/index.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'near-'));
afterAll(() => rmSync(folder, { recursive: true }));

const keysOf = (text: string): KeyedFunction['keys'] =>
  functionKeys({ text, start: 0, end: text.length, comments: [], literals: [], docstring: null, keywords: new Set() });

/** Tokens with single spaces between them, drawn unevenly from 2000 words, as those of code are. */
const drawn = (stream: RandomStream, length: number): string[] =>
  Array.from({ length }, () => `w${Math.floor(2000 * stream.uniform() ** 2)}`);

/** Some of the tokens replaced. */
const edited = (tokens: readonly string[], share: number, stream: RandomStream): string[] =>
  tokens.map((token) => (stream.uniform() < share ? `e${stream.integer(1_000_000)}` : token));

const gramsOf = (tokens: readonly string[]): ReadonlySet<string> =>
  new Set(tokens.slice(0, Math.max(1, tokens.length - 4)).map((_, i) => tokens.slice(i, i + 5).join(' ')));

/** How many grams each text shares with each text before it. */
function sharedGrams(texts: readonly ReadonlySet<string>[]): readonly Uint16Array[] {
  const having = new Map<string, number[]>();
  return texts.map((grams, row) => {
    const shared = new Uint16Array(row);
    for (const gram of grams) {
      const before = having.get(gram) ?? [];
      for (const other of before) shared[other] = (shared[other] ?? 0) + 1;
      having.set(gram, [...before, row]);
    }
    return shared;
  });
}

describe('similar functions', () => {
  const stream = randomStream(3, 'similar');
  const texts = Array.from({ length: 120 }, () => drawn(stream, 20 + stream.integer(200))).flatMap((tokens) => [
    tokens,
    ...[0.01, 0.03, 0.06, 0.1].map((share) => edited(tokens, share, stream)),
  ]);
  const signatures = new GrowingRows(signatureSize, (length) => new Uint16Array(length));
  const grams = texts.map(gramsOf);
  for (const tokens of texts) signatures.append(keysOf(tokens.join(' ')).signature);

  test('are found as the exact Jaccard index of their 5-grams says, within the error of the signatures', () => {
    const index = new SimilarFunctions(signatures, 0.7);
    const found = texts.map((_, row) => {
      const similar = new Set(index.similarTo(row));
      index.add(row);
      return similar;
    });
    const count = { alike: 0, alikeFound: 0, unlike: 0, unlikeFound: 0 };
    const errors: number[] = [];
    for (const [row, sharedWith] of sharedGrams(grams).entries())
      for (const [other, shared] of sharedWith.entries()) {
        const exact = shared / ((grams[row]?.size ?? 0) + (grams[other]?.size ?? 0) - shared);
        const isFound = Number(found[row]?.has(other) === true);
        if (exact > 0.2) errors.push(sharedOf(row, other) / signatureSize - exact);
        // Three standard errors (0.057) on either side of 0.7.
        if (exact >= 0.87) {
          count.alike += 1;
          count.alikeFound += isFound;
        } else if (exact <= 0.53) {
          count.unlike += 1;
          count.unlikeFound += isFound;
        }
      }
    expect(count.alike).toBeGreaterThan(100);
    expect(count.alikeFound / count.alike).toBeGreaterThan(0.99);
    expect(count.unlike).toBeGreaterThan(100_000);
    expect(count.unlikeFound).toBeLessThan(3);
    expect(errors.length).toBeGreaterThan(500);
    expect(Math.abs(errors.reduce((sum, error) => sum + error, 0) / errors.length)).toBeLessThan(0.01);
  });

  function sharedOf(row: number, other: number): number {
    let shared = 0;
    for (let i = 0; i < signatureSize; i++) if (signatures.at(row, i) === signatures.at(other, i)) shared += 1;
    return shared;
  }
});

describe('chosen functions', () => {
  const keyed = (tokens: readonly string[], i: number): KeyedFunction => ({
    fn: {
      id: `p/f.js:${i}:1`,
      package: `p${i % 3}`,
      file: 'f.js',
      line: i,
      language: 'javascript',
      description: null,
      signature: 'f() {',
      body: tokens.join(' '),
    },
    keys: keysOf(tokens.join(' ')),
  });
  const choose = async (
    found: readonly KeyedFunction[],
    heldOutFunctions: number,
    maxSimilarity: number | null = 0.7,
  ): Promise<{ functions: CorpusFunction[]; heldOut: CorpusFunction[]; counts: Record<string, number> }> => {
    const counts: Record<string, number> = {};
    const chosen = await chooseFunctions(
      found,
      { heldOutFunctions, maxSimilarity, spoolFile: path.join(folder, 'spool') },
      (reason) => {
        counts[reason] = (counts[reason] ?? 0) + 1;
      },
    );
    return { functions: await allRows(chosen.functions), heldOut: await allRows(chosen.heldOut), counts };
  };

  test('have one of each group of near-duplicates, and every function found is kept or counted', async () => {
    const stream = randomStream(4, 'groups');
    const groups = Array.from({ length: 50 }, () => drawn(stream, 100));
    const found = groups.flatMap((tokens, g) =>
      [0, 1, 2].map((copy) => keyed(copy === 0 ? tokens : [...tokens.slice(0, 90 + copy), `c${copy}`], 3 * g + copy)),
    );
    const { functions, heldOut, counts } = await choose(found, 0);
    expect([functions.length, heldOut.length]).toEqual([50, 0]);
    expect(counts).toEqual({ 'function: near-duplicate': 100 });
    expect(new Set(functions.map(({ line }) => Math.floor(line / 3))).size).toBe(50);
    expect((await choose(found, 0, null)).functions).toHaveLength(150);
  });

  test('are never apart from what they resemble by way of one that was dropped', async () => {
    const stream = randomStream(5, 'chains');
    // Windows of 108 grams, each 8 further: neighbours share 0.86 of them, the ends of a chain 0.41.
    const found = Array.from({ length: 80 }, () => drawn(stream, 160)).flatMap((tokens, group) =>
      [0, 1, 2, 3, 4, 5].map((k) => keyed(tokens.slice(8 * k, 8 * k + 112), 6 * group + k)),
    );
    const { functions, heldOut, counts } = await choose(found, 40);
    const groupsOf = (list: readonly CorpusFunction[]): Set<number> =>
      new Set(list.map(({ line }) => Math.floor(line / 6)));
    const [trained, held] = [groupsOf(functions), groupsOf(heldOut)];
    // Some chains leave two functions, so that they could be torn apart.
    expect(functions.length + heldOut.length).toBeGreaterThan(85);
    expect(counts['function: near-duplicate']).toBeGreaterThan(300);
    expect(heldOut.length).toBe(40);
    expect([...held].filter((group) => trained.has(group))).toEqual([]);
    expect(trained.size + held.size).toBe(80);
  });

  test('do not depend on anything but the functions and their order', async () => {
    const stream = randomStream(6, 'order');
    const found = Array.from({ length: 200 }, (_, i) => keyed(drawn(stream, 40), i));
    const [one, two] = [await choose(found, 20), await choose(found, 20)];
    expect(two).toEqual(one);
    expect(one.heldOut).toHaveLength(20);
    expect(one.functions.map(({ line }) => line)).not.toEqual(
      one.functions.map(({ line }) => line).sort((a, b) => a - b),
    );
  });
});
