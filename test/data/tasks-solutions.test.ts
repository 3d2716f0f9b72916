/**
 * The worked solutions against references that share no code with the generators: JavaScript itself for the code-like
 * families, a small reader for the stories.
 */
import { createContext, runInContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import { generateTask, type GeneratedFamily } from '../../harness/data/index.ts';
import type { PreferencePair } from '../../harness/data/preference-pair.ts';

const difficulties = [1, 2, 3, 4, 5];

/** One context for all: making one costs a millisecond, and every snippet sets the variables that it reads. */
const context = createContext({});
const run = (code: string): unknown => runInContext(code, context);

function pairsOf(family: GeneratedFamily, difficulty: number): readonly PreferencePair[] {
  return generateTask({
    name: 'reference',
    family,
    difficulty,
    trainPairs: 2,
    devPairs: 2,
    testPairs: 100,
    testQuestions: 1,
    candidates: 2,
    seed: 11,
  }).test;
}

const linesOf = (response: string): string[] => response.split(/\n|; | \| |, /);

describe.each(difficulties)('at difficulty %i', (difficulty) => {
  it('algebra: every chosen line equals the prompt as a polynomial; the last rejected one does not', () => {
    for (const { prompt, chosen, rejected } of pairsOf('algebra', difficulty)) {
      // Products of up to two variables over distinct primes: equal values at two points only for equal polynomials of
      // this size.
      const points = [1, 2].map((p) =>
        Object.fromEntries(
          [...'abcdefghijklmnopqrstuvwxyz'].map((letter, i) => [letter, Math.sqrt(i * p + 2) + i * p]),
        ),
      );
      const value = (line: string, p: number): number => {
        Object.assign(context, points[p]);
        return run(line) as number;
      };
      for (const p of [0, 1]) {
        for (const line of linesOf(chosen)) expect(value(line, p)).toBeCloseTo(value(prompt, p), 8);
        expect(Math.abs(value(linesOf(rejected).at(-1) ?? '', p) - value(prompt, p))).toBeGreaterThan(1e-6);
      }
    }
  });

  it('lookup: the chosen response restates the object, the rejected one does not', () => {
    for (const { prompt, chosen, rejected } of pairsOf('lookup', difficulty)) {
      const object = run(`(${prompt})`) as Record<string, number>;
      const restated = (response: string): [string, number][] =>
        linesOf(response)
          .map((line) => line.split('='))
          .map(([key = '', value]) => [key, Number(value)]);
      expect(Object.fromEntries(restated(chosen))).toEqual({ ...object });
      expect(Object.fromEntries(restated(rejected))).not.toEqual({ ...object });
      expect(restated(chosen).map(([key]) => key)).not.toEqual(Object.keys(object));
    }
  });

  it('boolean: every line of the chosen response has the values that JavaScript gives the prompt', () => {
    const evaluate = (code: string): number[] => (run(code) as (number | boolean)[]).map(Number);
    for (const { prompt, chosen, rejected } of pairsOf('boolean', difficulty)) {
      for (const line of chosen.split(/\n|; | \| |, (?=\[)/)) expect(evaluate(line)).toEqual(evaluate(prompt));
      expect(evaluate(rejected.slice(rejected.lastIndexOf('[')))).not.toEqual(evaluate(prompt));
    }
  });

  it('program: the chosen trace ends in the value that JavaScript computes, with true intermediate steps', () => {
    for (const { prompt, chosen, rejected } of pairsOf('program', difficulty)) {
      const result = run(prompt) as number;
      const last = (response: string): number => Number(/(\d+)$/.exec(response)?.[1]);
      expect(last(chosen)).toBe(result);
      expect(last(rejected)).not.toBe(result);
      for (const line of linesOf(chosen)) {
        const [, working, value] = line.split(/=(?!=)/);
        if (value !== undefined) expect(run(working ?? '')).toBe(Number(value));
      }
    }
  });

  it('word-problem: the chosen response ends in the count that reading the story gives', () => {
    for (const { prompt, chosen, rejected } of pairsOf('word-problem', difficulty)) {
      const equations = (response: string): string[] => linesOf(response).filter((line) => line.includes('='));
      const finalOf = (response: string): number => Number(/(\d+)(?: [a-z]+)?$/.exec(response)?.[1]);
      expect(finalOf(chosen)).toBe(readStory(prompt));
      expect(finalOf(rejected)).not.toBe(readStory(prompt));
      for (const line of equations(chosen)) {
        const [left = '', right] = line.replace(/^[A-Z][a-z]+ /, '').split('=');
        expect(run(left)).toBe(Number(right));
      }
    }
  });
});

/** Reads clauses one by one: who, what, how many. */
function readStory(prompt: string): number {
  const counts: Record<string, number> = {};
  let subject = '';
  for (const clause of prompt
    .trim()
    .split(/[.,] ?/)
    .filter((text) => text !== '' && !text.endsWith('?'))) {
    const words = clause.split(' ');
    const number = Number(words.find((word) => /^\d+$/.test(word)));
    if (/^[A-Z]/.test(clause)) subject = words[0] ?? '';
    const current = counts[subject] ?? 0;
    if (clause.includes(' has ') || /^[A-Z][a-z]+ \d+$/.test(clause)) counts[subject] = number;
    else if (clause.includes('gives')) {
      const other = words[2] ?? '';
      counts[subject] = current - number;
      counts[other] = (counts[other] ?? 0) + number;
    } else if (clause.includes('doubles')) counts[subject] = 2 * current;
    else counts[subject] = current + (/gets|buys|finds|wins/.test(clause) ? number : -number);
  }
  return counts[/([A-Z][a-z]+)\?$/.exec(prompt.trim())?.[1] ?? subject] ?? NaN;
}
