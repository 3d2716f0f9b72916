import { expect, test } from 'vitest';
import { sharedWords, wordDiff } from '../../harness/text/index.ts';

const texts = (first: string, second: string): string =>
  wordDiff(first, second)
    .map(({ kind, text }) => (kind === 'same' ? text : kind === 'first' ? `[${text}]` : `{${text}}`))
    .join('');

test.each([
  ['a b c', 'a b c', 'a b c'],
  ['a b c', 'a x c', 'a [b]{x} c'],
  ['', 'a', '{a}'],
  ['a', '', '[a]'],
  ['f(a, b)', 'f(b, a)', 'f([a]{b}, [b]{a})'],
  ['one two three', 'one 2 3', 'one [two three]{2 3}'],
  ['a\nb\nc', 'a\nc', 'a\n[b\n]c'],
])('%j and %j', (first, second, expected) => {
  expect(texts(first, second)).toBe(expected);
});

test('the parts of each side give its text back', () => {
  const [first, second] = ['if (a < b) {\n  return a;\n}', 'if (a >= b) {\n\n  throw a;\n}'];
  const parts = wordDiff(first, second);
  const of = (other: string): string =>
    parts
      .filter(({ kind }) => kind !== other)
      .map(({ text }) => text)
      .join('');
  expect([of('second'), of('first')]).toEqual([first, second]);
});

test('shared words: of both sides, from nothing to everything', () => {
  expect(sharedWords(wordDiff('a b', 'a b'))).toBe(1);
  expect(sharedWords(wordDiff('a b', 'c d'))).toBe(0);
  expect(sharedWords(wordDiff('a b', 'a c'))).toBe(0.5);
  expect(sharedWords(wordDiff('', ''))).toBe(1);
});
