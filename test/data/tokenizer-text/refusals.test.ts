import { describe, expect, it } from 'vitest';
import { addedTokensOf } from '../../../harness/data/tokenizer/added-tokens.ts';
import { FeatureReader } from '../../../harness/data/tokenizer/feature-reader.ts';
import { normalizerOf } from '../../../harness/data/tokenizer/normalizers/index.ts';
import { preTokenizerOf } from '../../../harness/data/tokenizer/pre-tokenizers/index.ts';

function problemsOf(read: (reader: FeatureReader) => unknown, part: object): readonly string[] {
  const problems: string[] = [];
  read(new FeatureReader('part', part, problems));
  return problems;
}

const split = (Regex: string) => ({ type: 'Split', pattern: { Regex }, behavior: 'Isolated', invert: false });

describe('a pattern that JavaScript cannot take as Oniguruma does', () => {
  it.each([
    ['(a)\\1', '\\1'],
    ['\\X', '\\X'],
    ['\\Ga', '\\G'],
    ['a\\Kb', '\\K'],
    ['(?i:ss)', '"ss" in a part that ignores case'],
    ['(?i:é)', 'letters beyond ASCII in a part that ignores case'],
    ['(?i)\\p{L}', 'letters beyond ASCII in a part that ignores case'],
    ['(?<=(?>a))b', 'an atomic group in a look-behind'],
    ['(?<=\\R)b', '\\R in a look-behind'],
    ['(?<=^|a)b', 'an alternative that may take no character in a look-behind'],
    ['(a|)*b', 'a repeated part that may match nothing'],
    ['\\p{Age}', 'the property \\p{Age} is not known here'],
    ['\\pL', '\\p without {...} is a letter for Oniguruma'],
    ['[]a]', 'a class that begins with "]"'],
    ['(?~a)', '(?~'],
    ['(?W:\\w)', '(?W'],
    ['a{3,2}', '{3,2}'],
    ['\\xe9', '\\xe9 is no character'],
    ['(a', '")" is missing'],
    ['a)', '")" without "("'],
    ['[z-a]', 'a range without a proper end'],
  ])('%s is refused: %s', (pattern, why) => {
    expect(problemsOf(preTokenizerOf, split(pattern))).toEqual([
      `part.pattern: Regex: ${why}, in ${JSON.stringify(pattern)}`,
    ]);
  });
});

describe('a part that is not known', () => {
  it.each([
    [preTokenizerOf, { type: 'Random' }, 'part: the pre-tokenizer Random is not known here'],
    [normalizerOf, { type: 'constructor' }, 'part: the normalizer constructor is not known here'],
    [normalizerOf, { type: 'NFC', version: 9 }, 'part: version is not known, with the value 9'],
    [preTokenizerOf, { type: 'FixedLength', length: 0 }, 'part: length: expected a whole number above 0, found 0'],
    [
      preTokenizerOf,
      { type: 'Metaspace', replacement: '▁', add_prefix_space: false },
      'part: add_prefix_space false contradicts prepend_scheme "always", its default included',
    ],
    [
      preTokenizerOf,
      { type: 'CharDelimiterSplit', delimiter: 'ab' },
      'part: delimiter: expected one character, found "ab"',
    ],
    [
      preTokenizerOf,
      { type: 'Punctuation', behavior: 'removed' },
      'part: behavior: expected one of Removed, Isolated, MergedWithPrevious, MergedWithNext, Contiguous, found "removed"',
    ],
    [normalizerOf, { type: 'Precompiled', precompiled_charsmap: '?' }, 'part: precompiled_charsmap is not in base64'],
    [
      normalizerOf,
      { type: 'Precompiled', precompiled_charsmap: 'AAAA' },
      'part: precompiled_charsmap: it ends too early',
    ],
  ] as const)('%o %o is refused', (read, part, problem) => {
    expect(problemsOf(read, part)).toEqual([problem]);
  });
});

function addedOf(tokens: readonly object[], normalizer: object | null) {
  const problems: string[] = [];
  const plain = { id: 0, single_word: false, lstrip: false, rstrip: false, normalized: false, special: false };
  const readers = tokens.map((token, index) => new FeatureReader(`${index}`, { ...plain, ...token }, problems));
  const reader = normalizer === null ? null : new FeatureReader('normalizer', normalizer, problems);
  const added = addedTokensOf(readers, { size: 10, idOf: () => undefined }, normalizerOf(reader));
  return { added, problems };
}

describe('added tokens', () => {
  it('that are the same once normalized are refused: which of them is meant changes from run to run', () => {
    const tokens = [
      { content: 'AB', normalized: true },
      { content: 'ab', normalized: true },
    ];
    expect(addedOf(tokens, { type: 'Lowercase' }).problems).toEqual(['1: "ab" and "AB" are the same once normalized']);
  });

  it('of which nothing is left are refused', () => {
    const strip = { type: 'Strip', strip_left: true, strip_right: true };
    const { problems } = addedOf([{ content: '  ', normalized: true }], strip);
    expect(problems).toEqual(['0: nothing is left of "  " once it is normalized']);
  });

  it('are not found in white space that another one has taken: there the Rust library panics', () => {
    const tokens = [
      { content: 'a', rstrip: true },
      { content: ' b', lstrip: true },
      { content: '  ', lstrip: true },
    ];
    const { added } = addedOf(tokens, null);
    expect(added.split('x a b')).toEqual([{ text: 'x ', startLength: 1 }, 10, 11]);
    expect(() => added.split('a     b')).toThrow(new RangeError('the token "  " overlaps the one before it'));
  });

  it('get the ids that the model leaves, whatever the file says, and the last flags of each content', () => {
    const tokens = [
      { id: 70, content: 'x', special: true },
      { id: 71, content: 'y' },
      { id: 72, content: 'x', rstrip: true },
    ];
    const { added } = addedOf(tokens, null);
    expect([...added.idOf]).toEqual([
      ['x', 10],
      ['y', 11],
    ]);
    expect(added.byId.get(10)).toMatchObject({ rstrip: true, special: false });
    expect([...added.special]).toEqual(['x']);
  });

  it('name the offset of a lone surrogate, which no UTF-8 text can hold', () => {
    const { added } = addedOf([], null);
    expect(() => added.split('q😀 \ud83d')).toThrow('not well-formed text: a lone surrogate U+D83D at offset 4');
    expect(added.split('q😀')).toEqual([{ text: 'q😀', startLength: 1 }]);
  });
});
