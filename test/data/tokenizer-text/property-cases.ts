/** Every property of characters that patterns may name, and everything that tells characters apart. */
import { tables } from '../../../harness/data/tokenizer/unicode/tables.ts';
import type { Case } from './ours.ts';

const categories = [
  ...'Lu Ll Lt Lm Lo Mn Mc Me Nd Nl No Pc Pd Ps Pe Pi Pf Po Sm Sc Sk So Zs Zl Zp Cc Cf Co Cn'.split(' '),
  ...'L LC M N P S Z C Letter Cased_Letter Uppercase_Letter Other_Punctuation'.split(' '),
];

const named = [
  ...'Any Assigned Alphabetic Uppercase Lowercase White_Space'.split(' '),
  ...'Alnum Alpha ASCII Blank Cntrl Digit Graph Lower Print Punct Space Upper XDigit'.split(' '),
];

const posix = 'alnum alpha ascii blank cntrl digit graph lower print punct space upper word xdigit'.split(' ');

const shorthands = [
  '\\w',
  '[\\w]',
  '\\W',
  '[^\\W]',
  '\\d',
  '[\\d]',
  '\\s',
  '\\S',
  '\\h',
  '.',
  '(?i:[a-z])',
  '[\\p{L}\\p{N}]',
];

const classes = [
  ...[...categories, ...named, ...tables.scriptNames.trim().split(/\s+/)].map((name) => `\\p{${name}}`),
  ...posix.map((name) => `[[:${name}:]]`),
  ...shorthands,
];

export const propertyCases: readonly Case[] = classes.map((one) => ({
  name: `class ${one}`,
  kind: 'pre_tokenizer',
  parts: {
    pre_tokenizer: { type: 'Split', pattern: { Regex: `${one}+` }, behavior: 'Isolated', invert: false },
  },
}));

const bert = { type: 'BertNormalizer', clean_text: false, handle_chinese_chars: false, strip_accents: false };

const normalizers: readonly object[] = [
  ...['NFC', 'NFD', 'NFKC', 'NFKD', 'Lowercase', 'StripAccents', 'Nmt'].map((type) => ({ type })),
  { ...bert, lowercase: true },
  { ...bert, lowercase: false, clean_text: true },
  { ...bert, lowercase: false, handle_chinese_chars: true },
  { ...bert, lowercase: false, strip_accents: true },
];

const preTokenizers: readonly object[] = [
  ...['Whitespace', 'WhitespaceSplit', 'BertPreTokenizer', 'Punctuation', 'UnicodeScripts'].map((type) => ({ type })),
  { type: 'Digits', individual_digits: true },
];

export const characterCases: readonly Case[] = [
  ...normalizers.map((normalizer): Case => ({
    name: `all of ${JSON.stringify(normalizer)}`,
    kind: 'normalizer',
    parts: { normalizer },
  })),
  ...preTokenizers.map((part): Case => ({
    name: `all of ${JSON.stringify(part)}`,
    kind: 'pre_tokenizer',
    parts: { pre_tokenizer: part },
  })),
];
