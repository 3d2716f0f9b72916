import { describe, expect, it } from 'vitest';
import { pathMatcher, patternProblem } from '../../harness/data/corpus/glob.ts';

const cases: readonly (readonly [string, readonly string[], readonly string[]])[] = [
  ['**', ['a.js', 'a/b/c.js'], []],
  ['*.js', ['a.js', '.js'], ['a/b.js', 'ajs', 'a.jsx']],
  ['**/*.js', ['a.js', 'a/b/c.js'], ['a/b/c.ts']],
  ['src/**/*.js', ['src/a.js', 'src/a/b.js'], ['a.js', 'lib/src/a.js', 'srca.js']],
  ['src/**', ['src', 'src/a', 'src/a/b.js'], ['srcs/a', 'a/src']],
  ['**/test/**', ['test', 'test/a.js', 'a/test/b.js'], ['tests/a.js', 'a/btest/c.js']],
  ['a?c.js', ['abc.js'], ['ac.js', 'a/c.js', 'abbc.js']],
  ['*.{js,mjs}', ['a.js', 'a.mjs'], ['a.cjs', 'a.{js,mjs}']],
  ['**/*.{test,spec}.js', ['a.test.js', 'b/a.spec.js'], ['test.js', 'a.js']],
  ['{src,lib}/*.js', ['src/a.js', 'lib/a.js'], ['a.js', 'other/a.js']],
  ['[ab].js', ['a.js', 'b.js'], ['c.js']],
  ['[!ab].js', ['c.js'], ['a.js', 'b.js']],
  ['a+b (1).js', ['a+b (1).js'], ['aab (1).js', 'a+b 1.js']],
  ['a.js', ['a.js'], ['aXjs', 'b/a.js']],
  ['./src/*.js', ['src/a.js'], ['a.js']],
  ['$HOME^|.js', ['$HOME^|.js'], ['HOME']],
];

describe('a pattern', () => {
  it.each(cases)('%s matches what it says', (pattern, matching, others) => {
    const matches = pathMatcher([pattern]);
    expect(matching.filter((path) => !matches(path))).toEqual([]);
    expect(others.filter((path) => matches(path))).toEqual([]);
  });

  it('is one of several', () => {
    const matches = pathMatcher(['*.js', 'lib/**']);
    expect(['a.js', 'lib/x.ts', 'a.ts'].map(matches)).toEqual([true, true, false]);
    expect(pathMatcher([])('a.js')).toBe(false);
  });

  it.each(['a{b', 'a}b', '[ab', 'ab]'])('%s has an open brace or bracket', (pattern) => {
    expect(patternProblem(pattern)).toContain('has no partner');
  });

  it('without one is in order', () => {
    expect(patternProblem('**/*.{js,mjs}')).toBe(null);
  });
});
