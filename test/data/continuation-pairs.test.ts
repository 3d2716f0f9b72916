/** Pairs from plain text: what is preferred in one is rejected in another, and length tells nothing. */
import { expect, it } from 'vitest';
import { continuationPairs } from '../../harness/data/index.ts';

const words = ['apples', 'pears', 'plums', 'figs', 'nuts', 'grapes', 'limes', 'dates'];
const documents = Array.from({ length: 60 }, (_, index) => {
  const word = words[index % words.length];
  return {
    id: `doc-${index}`,
    text:
      `Anna has ${index} ${word}. She gives ${index % 7} of them away. ` +
      `How many ${word} are left?\nThere are ${index} at first.`,
  };
});
const options = { cutsPerDocument: 2, maxCharacters: 120, seed: 3 };

it('cuts between sentences: the prompt goes on with what is chosen', () => {
  const pairs = continuationPairs(documents, options, {});
  const texts = new Map(documents.map(({ id, text }) => [id, text]));
  expect(pairs.length).toBeGreaterThan(100);
  for (const { group, prompt, chosen, rejected } of pairs) {
    expect(texts.get(group)).toContain(prompt + chosen);
    expect(texts.get(group)).not.toContain(prompt + rejected);
    expect(prompt).toMatch(/[.?]\s$/);
  }
});

it('prefers every response once and rejects it once, beside one of nearly its length', () => {
  const pairs = continuationPairs(documents, options, {});
  const sorted = (side: 'chosen' | 'rejected'): readonly string[] => pairs.map((pair) => pair[side]).toSorted();
  expect(sorted('chosen')).toEqual(sorted('rejected'));
  for (const { chosen, rejected } of pairs) expect(Math.abs(chosen.length - rejected.length)).toBeLessThanOrEqual(3);
});

it('gives the same pairs twice, others for another seed, each document at most so often', () => {
  const pairs = continuationPairs(documents, options, {});
  expect(continuationPairs(documents, options, {})).toEqual(pairs);
  expect(continuationPairs(documents, { ...options, seed: 4 }, {})).not.toEqual(pairs);
  const perDocument = documents.map(({ id }) => pairs.filter(({ group }) => group === id).length);
  expect(Math.max(...perDocument)).toBe(2);
});

it('keeps the end of a long prompt, and counts what it leaves out', () => {
  const counts: Record<string, number> = {};
  const long = { id: 'long', text: `${'A first sentence that is long. '.repeat(20)}It ends with these words.` };
  const short = ['One.', 'No sentence'].map((text, index) => ({ id: `short-${index}`, text }));
  const pairs = continuationPairs([long, ...short, ...documents], options, counts);
  for (const { prompt } of pairs) expect(prompt.length).toBeLessThanOrEqual(options.maxCharacters);
  expect(counts['document: nothing to cut']).toBe(2);
});
