import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { loadTokenizer, trainBpe, trainBpeOn, type TokenizerJson } from '../../harness/data/index.ts';
import { splitPreTokens } from '../../harness/data/tokenizer/pre-tokens.ts';
import { WordCounts, type WordLimits } from '../../harness/data/tokenizer/word-counts.ts';
import { randomStream } from '../../harness/random/index.ts';
import { UserError } from '../../harness/spec/user-error.ts';

const code = [
  'function clamp(value, low, high) {\n  if (value < low) return low;\n  return value > high ? high : value;\n}',
  'const total = items.reduce((sum, item) => sum + item.price * 12.50, 0);\n',
  '// Größe, naïve, 日本語, emoji 👩‍👩‍👧 and tabs\n\tfor (let i = 0; i < 10; i++) {\n\t\twork(i);\n\t}\n',
  'this.value = this.value + this.other; this.other = null; return this.value;',
];

/** Byte-pair encoding by definition: count every pair of the whole text again before each merge. */
function bruteForceMerges(texts: readonly string[], merges: number): [string, string][] {
  const ids = new Map<string, number>();
  const alphabet = Object.entries(trainBpe([], { vocabSize: 257 }).model.vocab);
  for (const [token, id] of alphabet) ids.set(token, id);
  const byteToken = new Map(alphabet.map(([token, id]) => [id - 1, token]));
  let words = texts
    .flatMap(splitPreTokens)
    .map((word) => [...Buffer.from(word)].map((byte) => byteToken.get(byte) as string));
  const result: [string, string][] = [];
  for (let step = 0; step < merges; step++) {
    const counts = new Map<string, { pair: [string, string]; count: number }>();
    for (const word of words) {
      for (let i = 0; i + 1 < word.length; i++) {
        const pair: [string, string] = [word[i] as string, word[i + 1] as string];
        const entry = counts.get(pair.join(' ')) ?? { pair, count: 0 };
        entry.count += 1;
        counts.set(pair.join(' '), entry);
      }
    }
    const id = (token: string): number => ids.get(token) as number;
    const [best] = [...counts.values()].sort(
      (a, b) => b.count - a.count || id(a.pair[0]) - id(b.pair[0]) || id(a.pair[1]) - id(b.pair[1]),
    );
    const [left, right] = (best as { pair: [string, string] }).pair;
    result.push([left, right]);
    ids.set(left + right, ids.size);
    words = words.map((word) => {
      const merged: string[] = [];
      for (let i = 0; i < word.length; i++) {
        const isPair = word[i] === left && word[i + 1] === right;
        merged.push(isPair ? left + right : (word[i] as string));
        if (isPair) i += 1;
      }
      return merged;
    });
  }
  return result;
}

describe('training', () => {
  test('learns the merges that counting everything anew would give', () => {
    expect(trainBpe(code, { vocabSize: 257 + 120 }).model.merges).toEqual(bruteForceMerges(code, 120));
  });

  test('agrees with brute force on random small alphabets, where ties and overlaps abound', () => {
    fc.assert(
      fc.property(fc.array(fc.stringMatching(/^[ab ]{4,30}$/), { minLength: 3, maxLength: 8 }), (texts) => {
        const all = [...texts, 'aaaa', 'abab'];
        expect(trainBpe(all, { vocabSize: 260 }).model.merges).toEqual(bruteForceMerges(all, 3));
      }),
      { numRuns: 60 },
    );
  });

  test('agrees with brute force where thousands of pairs come and go', () => {
    const random = randomStream(1, 'words');
    const letters = [...'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ'];
    const word = (): string => Array.from({ length: 1 + random.integer(12) }, () => random.pick(letters)).join('');
    const texts = Array.from({ length: 1200 }, word);
    expect(trainBpe(texts, { vocabSize: 257 + 200 }).model.merges).toEqual(bruteForceMerges(texts, 200));
  });

  test('gives the same from texts that come one after the other', async () => {
    const stream = async function* (): AsyncGenerator<string> {
      yield* code;
    };
    expect(await trainBpeOn(stream(), { vocabSize: 350 })).toEqual(trainBpe(code, { vocabSize: 350 }));
  });

  test('most frequent pair first, ties by the lower bytes', () => {
    // Words `xy` twice, `ab` twice, `ac` once: counts xy 2, ab 2, ac 1; the tie goes to `ab`, as byte a < byte x.
    expect(trainBpe(['xy\n', 'xy\n', 'ab\n', 'ab\n', 'ac\n'], { vocabSize: 260 }).model.merges).toEqual([
      ['a', 'b'],
      ['x', 'y'],
      ['a', 'c'],
    ]);
  });

  test('does not depend on the order of the texts', () => {
    expect(JSON.stringify(trainBpe([...code].reverse(), { vocabSize: 350 }))).toBe(
      JSON.stringify(trainBpe(code, { vocabSize: 350 })),
    );
  });

  test('gives <|end|> id 0 and exactly the vocabulary asked for', () => {
    const { vocab } = trainBpe(code, { vocabSize: 300 }).model;
    expect(vocab['<|end|>']).toBe(0);
    expect(Object.values(vocab).sort((a, b) => a - b)).toEqual(Array.from({ length: 300 }, (_, id) => id));
  });

  test('refuses a vocabulary that the text cannot fill', () => {
    expect(() => trainBpe(['ab'], { vocabSize: 300 })).toThrow(UserError);
  });
});

describe('counting words', () => {
  const countsOf = (texts: readonly string[], limits?: WordLimits): Readonly<Record<string, number>> => {
    const words = new WordCounts(limits);
    for (const text of texts) words.add(text);
    return Object.fromEntries(words.entries());
  };

  test('counts each pre-token of all texts', () => {
    expect(countsOf(['a a b', ' a'])).toEqual({ a: 1, ' a': 2, ' b': 1 });
    expect(countsOf([`${'long'.repeat(9)} x`])).toEqual({ ['long'.repeat(9)]: 1, ' x': 1 });
  });

  test('forgets the rarest where there are too many, until half of the room is free', () => {
    // 5 words are more than 4: the three that were seen once go, which leaves 2.
    const texts = [' a a a', ' b b', ' c', ' d', ' e'];
    expect(countsOf(texts, { words: 4, characters: 100 })).toEqual({ ' a': 3, ' b': 2 });
    // The fifth word makes 10 characters; 4 are left when those seen once are gone.
    expect(countsOf(texts, { words: 100, characters: 9 })).toEqual({ ' a': 3, ' b': 2 });
    // The fourth makes 8; 4 are more than half of 7, so the one seen twice goes too.
    expect(countsOf(texts, { words: 100, characters: 7 })).toEqual({ ' a': 3, ' e': 1 });
  });
});

describe('cutting before encoding', () => {
  test('single digits, leading spaces with words, indentation apart from the word', () => {
    expect(splitPreTokens('if (x1 >= 250) {\n    return y;\n}')).toEqual([
      'if',
      ' (',
      'x',
      '1',
      ' >=',
      ' ',
      '2',
      '5',
      '0',
      ')',
      ' {\n',
      '   ',
      ' return',
      ' y',
      ';\n',
      '}',
    ]);
  });
});

describe('encoding', () => {
  const json: TokenizerJson = JSON.parse(JSON.stringify(trainBpe(code, { vocabSize: 380 })));
  const tokenizer = loadTokenizer(json);
  const text = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 60 }),
    fc.string({ unit: 'grapheme', maxLength: 40 }),
    fc.stringMatching(/^[a-z0-9 \t\r\n(){};=<>.|]{0,80}$/),
    fc.constantFrom(...code),
  );

  test('decoding gives back any text', () => {
    fc.assert(
      fc.property(text, (value) => {
        expect(tokenizer.decode(tokenizer.encode(value))).toBe(value);
      }),
      { numRuns: 400, examples: [[''], ['\n'], ['\r\n \n'], ['👩‍👩‍👧'], ['a  b'], [' <|end|> x'], ["don't , ."]] },
    );
  });

  /** Merges by definition: again and again the pair that was learned first, wherever it stands. */
  const rank = new Map(json.model.merges.map((pair, index) => [pair.join(' '), index]));
  const tokenOf = new Map(Object.entries(json.model.vocab).map(([token, id]) => [id, token]));
  const mergedByDefinition = (word: string): readonly number[] => {
    let symbols = [...Buffer.from(word)].map((byte) => tokenOf.get(byte + 1) as string);
    for (;;) {
      const ranks = symbols.slice(1).map((right, i) => rank.get(`${symbols[i]} ${right}`) ?? Infinity);
      const best = Math.min(...ranks);
      if (best === Infinity) return symbols.map((token) => json.model.vocab[token] as number);
      const at = ranks.indexOf(best);
      symbols = [...symbols.slice(0, at), `${symbols[at]}${symbols[at + 1]}`, ...symbols.slice(at + 2)];
    }
  };
  const idsByDefinition = (value: string): readonly number[] =>
    value
      .split('<|end|>')
      .flatMap((section, index) => [
        ...(index === 0 ? [] : [0]),
        ...splitPreTokens(section).flatMap((word) => mergedByDefinition(word)),
      ]);

  test('applies the merges of the trainer in their order, to any text', () => {
    fc.assert(
      fc.property(text, (value) => {
        expect([...tokenizer.encode(value)]).toEqual(idsByDefinition(value));
      }),
      { numRuns: 400, examples: [['<|end|>a<|end|>'], ['\t1'], ['  \n  x'], ...code.map((one): [string] => [one])] },
    );
  });

  test('refuses half a surrogate pair, with its place', () => {
    expect(() => tokenizer.encode('ab\ud83d')).toThrow(RangeError);
    expect(() => tokenizer.encode('ab\ud83d')).toThrow('U+D83D at offset 2');
  });

  test('the end token is no part of encoded text, and decodes as its name', () => {
    expect([...tokenizer.encode(code.join(''))]).not.toContain(tokenizer.endToken);
    expect(tokenizer.decode([...tokenizer.encode('x'), tokenizer.endToken])).toBe('x<|end|>');
    expect(tokenizer.vocabSize).toBe(380);
  });

  test('refuses a file of another tokenizer', () => {
    expect(() => loadTokenizer({ ...json, model: { ...json.model, vocab: { a: 0 } } })).toThrow(UserError);
  });
});
