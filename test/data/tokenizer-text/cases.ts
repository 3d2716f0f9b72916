/** Every kind of normalizer, pre-tokenizer and added token, with every combination of what they may be told. */
import { makeCharsmap } from './make-charsmap.ts';
import type { Case } from './ours.ts';

const flags = [false, true];
const behaviors = ['Removed', 'Isolated', 'MergedWithPrevious', 'MergedWithNext', 'Contiguous'];

function normalizer(name: string, part: object): Case {
  return { name: `normalizer ${name}`, kind: 'normalizer', parts: { normalizer: part } };
}

function preTokenizer(name: string, part: object): Case {
  return { name: `pre-tokenizer ${name}`, kind: 'pre_tokenizer', parts: { pre_tokenizer: part } };
}

const bert = flags.flatMap((clean) =>
  flags.flatMap((chinese) =>
    [null, false, true].flatMap((accents) =>
      flags.map((lowercase) =>
        normalizer(`Bert clean ${clean} chinese ${chinese} accents ${accents} lower ${lowercase}`, {
          type: 'BertNormalizer',
          clean_text: clean,
          handle_chinese_chars: chinese,
          strip_accents: accents,
          lowercase,
        }),
      ),
    ),
  ),
);

const replacements: readonly (readonly [object, string])[] = [
  [{ String: ' ' }, '▁'],
  [{ String: '' }, '_'],
  [{ String: 'ab' }, '$1$&$$'],
  [{ String: '  ' }, ''],
  [{ Regex: ' {2,}' }, '▁'],
  [{ Regex: '\\s+' }, ' '],
  [{ Regex: 'x*' }, '-'],
  [{ Regex: '(?<=\\p{L})(?=\\p{N})' }, '|'],
  [{ Regex: '[^\\p{L}]' }, '$0\\1'],
];

export const normalizerCases: readonly Case[] = [
  ...['NFC', 'NFD', 'NFKC', 'NFKD', 'Lowercase', 'StripAccents', 'Nmt', 'ByteLevel'].map((type) =>
    normalizer(type, { type }),
  ),
  ...flags.flatMap((left) =>
    flags.map((right) => normalizer(`Strip ${left} ${right}`, { type: 'Strip', strip_left: left, strip_right: right })),
  ),
  ...bert,
  ...replacements.map(([pattern, content]) =>
    normalizer(`Replace ${JSON.stringify(pattern)} by ${content}`, { type: 'Replace', pattern, content }),
  ),
  ...['▁', '', 'xyz '].map((prepend) => normalizer(`Prepend "${prepend}"`, { type: 'Prepend', prepend })),
  normalizer('Sequence NFD Lowercase StripAccents', {
    type: 'Sequence',
    normalizers: [{ type: 'NFD' }, { type: 'Lowercase' }, { type: 'StripAccents' }],
  }),
];

const spaces = Object.fromEntries([...'\t\n\r\u00a0\u2003\u3000\u200b\u2028'].map((space) => [space, ' ']));

/** What SentencePiece's own maps hold is of these sorts. */
const charsmaps: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'of spaces and controls': { ...spaces, '\u0001': '', '\u007f': '', '\ufeff': '', '\u00ad': '' },
  'of compositions': { 'e\u0301': 'é', 'か\u3099': 'が', ｶﾞ: 'ガ', ﬁ: 'fi', '㌀': 'アパート', '①': '1', Å: 'Å' },
  'of beginnings': {
    a: 'ä',
    '1': 'one',
    '\r': ' ',
    क: 'ka',
    '👍': '+',
    '🇩': 'D',
    ᄀ: 'g',
    '©': '(c)',
    '\u0600': '#',
    x: '',
  },
};

export const precompiledCases: readonly Case[] = Object.entries(charsmaps).map(([name, map]) =>
  normalizer(`Precompiled ${name}`, { type: 'Precompiled', precompiled_charsmap: makeCharsmap(map) }),
);

/** Those of models that people use, and what Oniguruma and JavaScript write or take otherwise. */
export const patterns: Readonly<Record<string, string>> = {
  gpt2: String.raw`'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+`,
  llama3: String.raw`(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+`,
  qwen2: String.raw`(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+`,
  o200k: String.raw`[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+(?i:'s|'t|'re|'ve|'m|'ll|'d)?|[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*(?i:'s|'t|'re|'ve|'m|'ll|'d)?|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+`,
  deepseek: '[一-龥\u3040-ゟ゠-ヿ]+',
  deepseekWords:
    String.raw`[!"#$%&'()*+,\-./:;<=>?@\[\\\]^_` +
    '`' +
    String.raw`{|}~][A-Za-z]+|[^\r\n\p{L}\p{P}\p{S}]?[\p{L}\p{M}]+| ?[\p{P}\p{S}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+`,
  deepseekLlm: String.raw`\s?[A-Za-zµÀ-ÖØ-öø-ƺƼ-ƿǄ-ʓʕ-ʯͰ-ͳͶͷͻ-ͽͿΈ-ΊΎ-ΡΣ-ϵϷ-ҁҊ-ԯԱ-ՖႠ-ჅᎠ-ᏵᲐ-Ჺᴀ-ᴫⰀ-ⱻꙀ-ꙭꜢ-ꝯꭰ-ꮿﬀ-ﬆＡ-Ｚ𐐀-𐑏𐒰-𐓓𞤀-𞥃]+`,
  bloom: String.raw` ?[^(\s|[.,!?…。，、।۔،])]+`,
  falconDigits: '[0-9][0-9][0-9]',
  starcoder: String.raw`\p{N}`,
  possessive: String.raw`\p{L}++|\p{N}{1,2}+|\s?+\S`,
  atomic: String.raw`(?>a|ab)c|(?>\s+)x|[^\s]+?\b`,
  lineAnchors: String.raw`^.|.$|^$`,
  textAnchors: String.raw`\A.|.\z|\s\Z`,
  boundaries: String.raw`\b\w|\B\W|\R`,
  dots: String.raw`(?m:a.)|b.|\N\n|\O{2}`,
  classes: String.raw`[a-z&&[^aeiou]]+|[[:upper:]]+|[^[:^alpha:]]+|[\p{Han}[0-9]&&\W[1-5]]`,
  posix: String.raw`[[:alnum:]]+|[[:punct:]]+|[[:cntrl:]]+|[[:blank:]]+`,
  graphs: String.raw`[[:graph:]]+|[[:print:]]+`,
  lookBehind: String.raw`(?<=\d)\p{L}|(?<!\s)\s(?=\S)|(?<=a|bc)d`,
  lazy: String.raw`\w+?\W|\s{2,4}?|.{3}?\p{P}`,
  braces: String.raw`a{,2}b|x{|\d{2,}|\{|a{,}`,
  escapes: String.raw`\x41|\x{1F600}|\u00e9|\t|\e|\cA|\h+|\H\-|\/|\_`.replace(String.raw`|\cA`, ''),
  options: String.raw`(?i)the|a(?-i)B|c`,
  extended: '(?x) a  b # comment\n | \\s+ [ ]  ',
  negated: String.raw`\P{L}+|\p{^N}`,
  scripts: String.raw`\p{Hiragana}+|\p{Katakana}+|\p{Cyrillic}+|\p{Greek}+|\p{Arabic}|\p{Common}+|\p{Inherited}`,
  empty: '',
  maybeEmpty: String.raw`\d*`,
};

const strings = [' ', 'ab', '', '\u0301', '▁', '.', '\n\n'];

export const splitCases: readonly Case[] = [
  ...Object.entries(patterns).map(([name, regex]) => [name, { Regex: regex }] as const),
  ...strings.map((text) => [JSON.stringify(text), { String: text }] as const),
].flatMap(([name, pattern]) =>
  behaviors.flatMap((behavior) =>
    flags.map((invert) =>
      preTokenizer(`Split ${name} ${behavior}${invert ? ' inverted' : ''}`, {
        type: 'Split',
        pattern,
        behavior,
        invert,
      }),
    ),
  ),
);

const metaspaces = ['▁', ' ', '😀', '_'].flatMap((replacement) =>
  ['always', 'first', 'never'].flatMap((prepend_scheme) =>
    flags.map((split) => ({ type: 'Metaspace', replacement, prepend_scheme, split })),
  ),
);

export const preTokenizerCases: readonly Case[] = [
  ...flags.flatMap((add_prefix_space) =>
    flags.map((use_regex) =>
      preTokenizer(`ByteLevel prefix ${add_prefix_space} regex ${use_regex}`, {
        type: 'ByteLevel',
        add_prefix_space,
        use_regex,
        trim_offsets: true,
      }),
    ),
  ),
  ...['Whitespace', 'WhitespaceSplit', 'BertPreTokenizer', 'UnicodeScripts'].map((type) =>
    preTokenizer(type, { type }),
  ),
  ...behaviors.map((behavior) => preTokenizer(`Punctuation ${behavior}`, { type: 'Punctuation', behavior })),
  preTokenizer('Punctuation', { type: 'Punctuation' }),
  ...flags.map((individual_digits) =>
    preTokenizer(`Digits ${individual_digits}`, { type: 'Digits', individual_digits }),
  ),
  ...[' ', '.', '京', '😀'].map((delimiter) =>
    preTokenizer(`CharDelimiterSplit ${delimiter}`, { type: 'CharDelimiterSplit', delimiter }),
  ),
  ...[1, 3, 5].map((length) => preTokenizer(`FixedLength ${length}`, { type: 'FixedLength', length })),
  ...metaspaces.map((part) =>
    preTokenizer(`Metaspace ${part.replacement} ${part.prepend_scheme} split ${part.split}`, part),
  ),
  preTokenizer('Metaspace of old', { type: 'Metaspace', replacement: '▁', add_prefix_space: true, str_rep: '_' }),
];
