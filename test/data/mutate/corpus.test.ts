/**
 * Rankers without understanding on real code: on the source of the harness, on packages installed for it, and with
 * HARNESS_SLOW_TESTS=1 on the default corpus where it is in the cache (minutes of reading and mutating).
 */
import { existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import {
  allRows,
  corpusLockDigest,
  fitBalance,
  fitLinearRanker,
  mutatePairs,
  permissiveLicenses,
  readCorpus,
  rankerAccuracy,
  trivialRankers,
  type PreferencePair,
  type PromptedFunction,
} from '../../../harness/data/index.ts';
import { openParser } from '../../../harness/data/language/grammars.ts';

const root = path.resolve(import.meta.dirname, '../../..');
const cache = process.env['HARNESS_CACHE'] ?? path.join(process.env['HOME'] ?? '', '.cache', 'harness');
const installed = path.join(cache, `npm-corpus-${corpusLockDigest().slice(0, 16)}`);
const isAsked = process.env['HARNESS_SLOW_TESTS'] === '1';
const temporary = mkdtempSync(path.join(tmpdir(), 'mutate-corpus-'));
afterAll(() => rmSync(temporary, { recursive: true, force: true }));

const options = { mutantsPerFunction: 3, maxEdits: 3, seed: 0 };

interface Made {
  readonly pairs: readonly PreferencePair[];
  readonly heldOut: readonly PreferencePair[];
}

/** The balance is fitted to the trained functions; it has not seen the held-out ones. */
async function make(trained: readonly PromptedFunction[], heldOut: readonly PromptedFunction[]): Promise<Made> {
  const balance = await fitBalance(trained, options);
  const pairs = await allRows(mutatePairs(trained, options, { balance, scratchFolder: temporary }).pairs);
  return {
    pairs,
    heldOut: await allRows(mutatePairs(heldOut, options, { balance, scratchFolder: temporary }).pairs),
  };
}

/** The best of several: a ranker that is held back more finds less noise, one that is held back less more signal. */
function linearAccuracy({ pairs, heldOut }: Made): number {
  const settings = [{ epochs: 3 }, { epochs: 20 }, { epochs: 20, l2: 0.03 }];
  return Math.max(...settings.map((setting) => fitLinearRanker(pairs, setting).accuracy(heldOut)));
}

/** Declared functions of a folder's TypeScript files; every seventh is held out. */
async function functionsOf(folder: string): Promise<readonly PromptedFunction[]> {
  const parser = await openParser('typescript');
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts'));
  return files.toSorted().flatMap((file) => {
    const text = readFileSync(path.join(folder, file), 'utf8');
    const tree = parser.parse(text);
    const nodes = tree.rootNode.descendantsOfType('function_declaration').flatMap((node) => node ?? []);
    const functions = nodes.flatMap((node) => {
      const opens = node.childForFieldName('body')?.startIndex ?? node.endIndex;
      const signature = text.slice(node.startIndex, opens + 1);
      const body = text.slice(opens + 1, node.endIndex);
      const line = node.startPosition.row + 1;
      const place = { id: `own/${file}:${line}:1`, package: 'own', file, line, language: 'typescript' };
      return { ...place, description: null, signature, body, prompt: signature };
    });
    tree.delete();
    return functions;
  });
}

describe('rankers without understanding stay at chance', () => {
  test('on the source of the harness', async () => {
    const functions = await functionsOf(path.join(root, 'harness'));
    expect(functions.length).toBeGreaterThan(2000);
    const sample = functions.filter((_, index) => index % 8 === 0);
    const isHeldOut = (_: PromptedFunction, index: number): boolean => index % 4 === 0;
    const made = await make(
      sample.filter((fn, index) => !isHeldOut(fn, index)),
      sample.filter(isHeldOut),
    );
    expect(made.heldOut.length).toBeGreaterThan(250);
    expect(linearAccuracy(made)).toBeLessThan(0.6);
    for (const ranker of trivialRankers.filter(({ reads }) => reads === 'response'))
      expect(Math.abs(rankerAccuracy(ranker, made.pairs.slice(0, 1000)) - 0.5), ranker.name).toBeLessThan(0.06);
  }, 60_000);

  test.skipIf(!isAsked || !existsSync(installed))(
    `on the default corpus (needs HARNESS_SLOW_TESTS=1 and ${installed})`,
    async () => {
      const scratchFolder = path.join(temporary, 'corpus');
      mkdirSync(scratchFolder);
      const corpus = await readCorpus(installed, corpusOptions, { scratchFolder, note: () => undefined });
      const [trained, heldOut] = [await allRows(corpus.functions), await allRows(corpus.heldOut)];
      const prompted = (fn: Omit<PromptedFunction, 'prompt'>): PromptedFunction => ({ ...fn, prompt: fn.signature });
      const made = await make(trained.map(prompted), heldOut.map(prompted));
      expect(made.pairs.length).toBeGreaterThan(30_000);
      expect(linearAccuracy(made)).toBeLessThan(0.6);
      for (const ranker of trivialRankers.filter(({ reads }) => reads === 'response'))
        expect(Math.abs(rankerAccuracy(ranker, made.pairs) - 0.5), ranker.name).toBeLessThan(0.03);
    },
    900_000,
  );
});

const corpusOptions = {
  packages: null,
  languages: ['javascript', 'typescript'],
  licenses: permissiveLicenses,
  keep: [],
  minCharacters: 60,
  maxCharacters: 400,
  heldOutFunctions: 2000,
  maxSimilarity: 0.7,
  units: ['function', 'method'] as const,
};
