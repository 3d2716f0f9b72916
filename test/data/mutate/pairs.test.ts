import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import {
  addedFaults,
  allRows,
  codeSignals,
  fitBalance,
  mutatePairs,
  type DropCounts,
  type MutateOptions,
  type PreferencePair,
  type PromptedFunction,
} from '../../../harness/data/index.ts';

const scratchFolder = mkdtempSync(path.join(tmpdir(), 'mutate-'));
afterAll(() => rmSync(scratchFolder, { recursive: true, force: true }));

const options: MutateOptions = { mutantsPerFunction: 3, maxEdits: 3, seed: 0 };

function functionNumber(id: number, language: string, signature: string, body: string): PromptedFunction {
  const description = id % 2 === 0 ? 'Sums what is above.' : null;
  const place = { id: `p/f.js:${id}:1`, package: 'p', file: 'f.js', line: id };
  const prompt = (description === null ? '' : `// ${description}\n`) + signature;
  return { ...place, language, description, signature, body, prompt };
}

const functions = Array.from({ length: 40 }, (_, i) => {
  const body = `
  let total = ${i};
  for (let i = 0; i < list.length; i++) {
    if (list[i].value > limit && !list[i].skip) total += list[i].value;
  }
  return total;
}`;
  return functionNumber(i + 1, 'javascript', i % 2 === 0 ? 'function sum(list, limit) {' : 'sum(list, limit) {', body);
});

async function make(
  of: readonly PromptedFunction[],
  changed: Partial<MutateOptions> = {},
): Promise<{ readonly pairs: readonly PreferencePair[]; readonly counts: DropCounts }> {
  const all = { ...options, ...changed };
  const { pairs, counts } = mutatePairs(of, all, { balance: await fitBalance(of, all), scratchFolder });
  return { pairs: await allRows(pairs), counts };
}

describe('pairs', async () => {
  const { pairs, counts } = await make(functions);

  test('of one function are different from it and from each other, at most three', () => {
    const bodies = (id: string): string[] => pairs.filter(({ group }) => group === id).map(({ rejected }) => rejected);
    for (const { id, body } of functions) {
      const own = [body, ...bodies(id)].map((text) => text.replace(/\s+/g, ' '));
      expect(new Set(own).size).toBe(own.length);
      expect(own.length).toBeLessThanOrEqual(4);
    }
    expect(pairs.length).toBeGreaterThan(60);
  });

  test('parse, and show no fault that the function does not show', async () => {
    for (const { group, chosen, rejected } of pairs) {
      const signature = functions.find(({ id }) => id === group)?.signature ?? '';
      const [base, other] = await Promise.all(
        [chosen, rejected].map((body) => codeSignals('javascript', signature, body)),
      );
      expect(base == null || other == null ? null : addedFaults(base, other)).toEqual([]);
    }
  });

  test('come in rounds, each in the order of the functions; the files of later rounds are gone', () => {
    const rounds = pairs.map(({ id }) => Number(id.split('#')[1]));
    expect(rounds).toEqual(rounds.toSorted((a, b) => a - b));
    const first = pairs.filter((_, index) => rounds[index] === 0).map(({ group }) => group);
    expect(first).toEqual(functions.map(({ id }) => id).filter((id) => first.includes(id)));
    expect(readdirSync(scratchFolder)).toEqual([]);
  });

  test('are the same again, and others for another seed', async () => {
    expect((await make(functions)).pairs).toEqual(pairs);
    expect((await make(functions, { seed: 1 })).pairs).not.toEqual(pairs);
  });

  test('say every mistake with its line, and are counted by kind', () => {
    const edits = pairs.flatMap((pair) => pair.edits);
    for (const edit of edits) expect(edit).toMatch(/^[a-z ]+: .+ \(line [2-6]\)$/s);
    const counted = Object.entries(counts).filter(([reason]) => reason.startsWith('edit: '));
    expect(counted.reduce((sum, [, count]) => sum + count, 0)).toBe(edits.length);
  });

  test('have one mistake where one is asked for, and up to three otherwise', async () => {
    const single = await make(functions, { maxEdits: 1 });
    expect(Math.max(...single.pairs.map(({ edits }) => edits.length))).toBe(1);
    expect(Math.max(...pairs.map(({ edits }) => edits.length))).toBeGreaterThan(1);
  });

  test('say what the prompt describes, the language, and where the function is', () => {
    const pair = pairs.find(({ group }) => group === 'p/f.js:2:1');
    expect(pair).toMatchObject({ isDescribed: true, language: 'javascript', source: 'p/f.js:2' });
    expect(pair?.prompt).toBe('// Sums what is above.\nsum(list, limit) {');
  });
});

describe('a function without pairs', () => {
  test('is counted by its reason', async () => {
    const { pairs, counts } = await make([
      functionNumber(1, 'javascript', 'f() {', '\n  debugger;\n}'),
      functionNumber(2, 'javascript', 'f( {', '\n  go(1);\n}'),
      functionNumber(3, 'cobol', 'f', 'MOVE A TO B.'),
      functionNumber(4, 'python', 'def f(a):', '\n    return a is None'),
    ]);
    expect(pairs.map(({ group, rejected }) => [group, rejected])).toEqual([
      ['p/f.js:4:1', '\n    return a is not None'],
    ]);
    expect(counts).toMatchObject({
      'function: no mutant': 1,
      'function: does not parse alone': 1,
      'function: no edits for cobol': 1,
      'function: fewer mutants than wanted': 1,
    });
  });
});
