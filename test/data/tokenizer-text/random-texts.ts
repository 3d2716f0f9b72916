/** Texts that tell implementations of Unicode apart: drawn from pools of characters that some part treats otherwise. */
import { randomStream, type RandomStream } from '../../../harness/random/index.ts';

const pools: readonly (readonly string[])[] = [
  ['the', 'Hello', 'world', 'def', 'return', 'x', 'I', "don't", "IT'S", "we'LL", "'ſ", 'K', 'naïve', 'CamelCase', 'ſ'],
  [' ', ' ', ' ', '  ', '    ', '\n', '\n\n', '\t', '\r\n', '\r', ' \n', '\n  ', '        '],
  ['1', '42', '1234567', '3.14', '²', '½', '٣٤', '१२', '一', 'Ⅷ', '𝟙𝟚', '①', '൘'],
  [
    '.',
    ',',
    '!',
    '?!',
    '...',
    '-',
    '--',
    '(',
    ')',
    '[',
    ']',
    '{',
    '}',
    '=>',
    '$',
    '€',
    '`',
    '^',
    '|',
    '~',
    '+',
    '<',
    '§',
  ],
  ['。', '、', '「', '」', '·', '—', '“', '”', '؟', '،', '।', '‿', '‥', '՝', '᠆', '\u2e5d', '⟦', '﹏'],
  ['\u00a0', '\u1680', '\u2003', '\u2009', '\u2028', '\u2029', '\u202f', '\u205f', '\u3000', '\u0085', '\v', '\f'],
  ['\0', '\u0001', '\u0007', '\u001b', '\u007f', '\u008f', '\u009f', '\u001c', '\u001f'],
  [
    '\u200b',
    '\u200c',
    '\u200d',
    '\u200e',
    '\u2060',
    '\ufeff',
    '\u00ad',
    '\u180e',
    '\u202e',
    '\u{e0001}',
    '\ufffd',
    '\ufffe',
  ],
  [
    '\u0301',
    '\u0308',
    '\u0323',
    '\u0327',
    '\u0334',
    '\u0345',
    '\u0307',
    '\u20dd',
    '\u0483',
    '\u1ab0',
    '\u0315',
    '\u0338',
  ],
  [
    'é',
    'Å',
    'ß',
    'ẞ',
    'İ',
    'ı',
    'Σ',
    'ς',
    'ΑΣ',
    'ﬁ',
    'ŉ',
    'ǆ',
    'ǅ',
    'Ǆ',
    'Ω',
    'Å',
    'ﷺ',
    '㌀',
    '㋿',
    'ẛ̣',
    '\u0344',
    '\u0958',
  ],
  ['Привет', 'мир', 'Ё', 'й', 'Ѐ', 'Ⴀ', 'Ა', 'Ꭰ', 'ꭰ', 'Ա', 'և', 'Ꙁ', '𐐀', '𞤀', 'Ɐ', 'Ꟃ', 'ꟊ'],
  [
    '京都',
    '漢字',
    'カタカナ',
    'ひらがな',
    'ー',
    'ｶﾞ',
    'が',
    'か\u3099',
    '豈',
    '㐀',
    '𠀀',
    '𫝀',
    '\u{2ebf0}',
    '\u{31350}',
    '々',
  ],
  ['한국어', '한', '가', '각', 'ᄀ', 'ᅡ', 'ᆨ', '각', '\uac00\u11a8', 'ힰ', 'ퟋ', 'ㄱ'],
  ['नमस्ते', 'क्षि', 'क\u094d\u0937', 'கா', 'ொ', 'ไทย', 'ำ', 'ลาว', 'བོད', 'မြန်မာ', 'ខ្មែរ', 'ো', 'ൊ', 'ೋ', 'ේ', '𑄮'],
  ['سلام', 'عَرَبِيّ', 'שָׁלוֹם', 'שּׁ', 'ܫܠܡܐ', '\u0600', '\u06dd', '\u070f', '\u08e2', '\u{110bd}', 'لا'],
  [
    '😀',
    '👨‍👩‍👧‍👦',
    '👍🏽',
    '🇩🇪',
    '🇩',
    '1️⃣',
    '❤️',
    '©',
    '©\u200d',
    '®\u0301',
    '™',
    '🏴\u{e0067}\u{e007f}',
    '🧑‍💻',
    '☺',
    '\ufe0f',
    '🫩',
    '🪉',
  ],
  ['▁', '▁▁', 'Ġ', 'Ċ', '<s>', '</s>', '<|im_start|>', '[MASK]', 'ab', 'abc', 'tok', 'Tok', 'TOK', '<', '|>'],
  [
    '\u07fd',
    '\u0898',
    '\u{11938}',
    '\ua7f2',
    '\u{10781}',
    '\u{1fbf0}',
    '\u{105d2}',
    '\u{16d67}',
    '\u{1e6e3}',
    '\u0897',
    '\u{10d50}',
  ],
  ['\u0378', '\ue000', '\u{f0000}', '\u{10ffff}', '\u{e0fff}', '\u{3fffe}', '\u{1ffff}', '\u{323b0}', '\u{33480}'],
];

/** Texts of up to about 40 parts. Equal seeds give equal texts. */
export function randomTexts(count: number, seed: number): readonly string[] {
  const random = randomStream(seed, 'texts of a tokenizer test');
  return Array.from({ length: count }, () => randomText(random));
}

function randomText(random: RandomStream): string {
  const parts = random.integer(random.integer(4) === 0 ? 40 : 9);
  // Some texts mix everything and others only a few kinds, so that runs come about.
  const own = Array.from({ length: 1 + random.integer(4) }, () => random.pick(pools));
  const mixes = random.integer(3) === 0;
  let text = '';
  for (let part = 0; part < parts; part++) text += randomPart(mixes ? random.pick(pools) : random.pick(own), random);
  return text;
}

function randomPart(pool: readonly string[], random: RandomStream): string {
  const kind = random.integer(40);
  if (kind === 0) return random.pick(pool).repeat(1 + random.integer(70));
  if (kind < 4) return randomCharacter(random);
  return random.pick(pool);
}

/** Mostly of the planes that have characters. */
function randomCharacter(random: RandomStream): string {
  const limit = random.pick([0x80, 0x800, 0x3000, 0x10000, 0x10000, 0x20000, 0x110000]);
  const point = random.integer(limit);
  return point >= 0xd800 && point < 0xe000 ? '\u{1f600}' : String.fromCodePoint(point);
}
