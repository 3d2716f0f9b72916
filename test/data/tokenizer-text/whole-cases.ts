/** Added tokens, and what they and normalizers do to the start of a text, which Metaspace may ask for. */
import { randomStream } from '../../../harness/random/index.ts';
import { makeCharsmap } from './make-charsmap.ts';
import type { Case } from './ours.ts';

const flags = [false, true];

const contents = [
  'tok',
  '<s>',
  '▁▁',
  'ab',
  'abc',
  '[MASK]',
  '  ',
  'é',
  'Tok',
  '京都',
  "don't",
  '\n\n',
  'tok  ',
  'ß',
  ' x',
];

const normalizers: Readonly<Record<string, object>> = {
  Lowercase: { type: 'Lowercase' },
  NFC: { type: 'NFC' },
  NFD: { type: 'NFD' },
  NFKC: { type: 'NFKC' },
  NFKD: { type: 'NFKD' },
  Prepend: { type: 'Prepend', prepend: '▁' },
  Strip: { type: 'Strip', strip_left: true, strip_right: true },
  Llama: {
    type: 'Sequence',
    normalizers: [
      { type: 'Prepend', prepend: '▁' },
      { type: 'Replace', pattern: { String: ' ' }, content: '▁' },
    ],
  },
  T5: {
    type: 'Sequence',
    normalizers: [
      {
        type: 'Precompiled',
        precompiled_charsmap: makeCharsmap({
          '\t': ' ',
          '\n': ' ',
          ﬁ: 'fi',
          '㌀': 'アパート',
          'e\u0301': 'é',
          '\u200b': '',
          '©': '(c)',
        }),
      },
      { type: 'Strip', strip_left: false, strip_right: true },
      { type: 'Replace', pattern: { Regex: ' {2,}' }, content: '▁' },
    ],
  },
  Bert: { type: 'BertNormalizer', clean_text: true, handle_chinese_chars: true, strip_accents: null, lowercase: true },
  StripAccents: { type: 'StripAccents' },
  Nmt: { type: 'Nmt' },
  ByteLevel: { type: 'ByteLevel' },
  'Replace between': { type: 'Replace', pattern: { Regex: '' }, content: '_' },
  'Replace letters': { type: 'Replace', pattern: { Regex: '[a-z]+|\\s+' }, content: 'xy' },
};

function added(token: object): object {
  const plain = { id: 0, single_word: false, lstrip: false, rstrip: false, normalized: false, special: false };
  return { ...plain, ...token };
}

/** Whether a token stays what it is, and another than the rest, once it is normalized. */
function isApart(content: string, normalizer: string | null): boolean {
  return normalizer === 'Strip' ? content.trim() === content : normalizer !== 'Lowercase' || content !== 'Tok';
}

/** Every combination of what an added token may be told, the same for all tokens of the text. */
const flagCases: readonly Case[] = flags.flatMap((single_word) =>
  flags.flatMap((lstrip) =>
    flags.flatMap((rstrip) =>
      flags.flatMap((normalized) =>
        flags.flatMap((special) =>
          [null, 'Lowercase', 'Prepend', 'Strip', 'NFD'].map((normalizer): Case => {
            const told = { single_word, lstrip, rstrip, normalized, special };
            const names = Object.entries(told).flatMap(([name, isOn]) => (isOn ? [name] : []));
            return {
              name: `added ${names.join(' ')} ${normalizer ?? ''}`,
              kind: 'whole',
              parts: {
                added_tokens: contents
                  .filter((content) => isApart(content, normalizer))
                  .map((content) => added({ content, ...told })),
                ...(normalizer === null ? {} : { normalizer: normalizers[normalizer] as object }),
              },
            };
          }),
        ),
      ),
    ),
  ),
);

/** Normalizers that leave nothing of some tokens, or the same of two; that is refused. */
const merging = new Set(['Lowercase', 'Bert', 'Strip', 'StripAccents', 'T5', 'Llama', 'Nmt', 'Replace letters']);

/** Tokens that are told different things, some of them twice, some empty, some known to the model. */
const mixedCases: readonly Case[] = Array.from({ length: 40 }, (_, seed): Case => {
  const random = randomStream(seed, 'added tokens of a test');
  const isOn = () => random.integer(2) === 0;
  const pool = [...contents, '', 'TOK', 'É', 'tok', 'İ', 'ﬁ', '\u0301', ' ', ''];
  const name = random.pick(Object.keys(normalizers));
  const tokens = Array.from({ length: 1 + random.integer(12) }, () => {
    const content = random.pick(pool);
    const normalized = isOn() && !merging.has(name);
    const told = { single_word: isOn(), lstrip: isOn(), rstrip: isOn(), normalized, special: isOn() };
    return added({ id: random.integer(100), content, ...told });
  });
  return {
    name: `added mixed ${seed} ${name}`,
    kind: 'whole',
    modelTokens: ['tok', '<s>', 'Tok'],
    parts: { added_tokens: tokens, normalizer: normalizers[name] as object },
  };
});

const metaspace = { type: 'Metaspace', replacement: '▁', prepend_scheme: 'first', split: false };

const before: Readonly<Record<string, object>> = {
  nothing: { type: 'Sequence', pretokenizers: [] },
  WhitespaceSplit: { type: 'WhitespaceSplit' },
  Punctuation: { type: 'Punctuation' },
  'every character': { type: 'Split', pattern: { Regex: '' }, behavior: 'Isolated', invert: false },
  'every character, of bytes': {
    type: 'Sequence',
    pretokenizers: [
      { type: 'ByteLevel', add_prefix_space: true, use_regex: false, trim_offsets: true },
      { type: 'Split', pattern: { Regex: '' }, behavior: 'Isolated', invert: false },
    ],
  },
  'every character, after another': {
    type: 'Sequence',
    pretokenizers: [
      { type: 'Metaspace', replacement: '_', prepend_scheme: 'always', split: false },
      { type: 'Split', pattern: { Regex: '' }, behavior: 'Isolated', invert: false },
    ],
  },
};

function startCase(name: string, normalizer: object | undefined, cut: string): Case {
  return {
    name: `start ${name}, ${cut}`,
    kind: 'whole',
    parts: {
      added_tokens: [added({ content: '<s>' }), added({ content: 'tok', normalized: true, rstrip: true })],
      pre_tokenizer: { type: 'Sequence', pretokenizers: [before[cut] as object, metaspace] },
      ...(normalizer === undefined ? {} : { normalizer }),
    },
  };
}

/** The start of a text after everything that may move it. */
const onceCases: readonly Case[] = Object.entries({ none: undefined, ...normalizers }).flatMap(([name, normalizer]) =>
  Object.keys(before)
    // The library panics where bytes are cut after a replacement between all characters.
    .filter((cut) => name !== 'Replace between' || cut !== 'every character, of bytes')
    .map((cut) => startCase(name, normalizer, cut)),
);

/** The start may be several characters already when another normalizer takes it. */
const twiceCases: readonly Case[] = [
  'Prepend',
  'NFKD',
  'Lowercase',
  'ByteLevel',
  'T5',
  'Bert',
  'Replace letters',
].flatMap((first) =>
  Object.keys(normalizers).map((second) => {
    const steps = [normalizers[first], normalizers[second]];
    return startCase(`${first} ${second}`, { type: 'Sequence', normalizers: steps }, 'every character');
  }),
);

const digits = { type: 'Digits', individual_digits: true };
const byteLevel = { type: 'ByteLevel', add_prefix_space: false, use_regex: true, trim_offsets: true };

export const sequenceCases: readonly Case[] = [
  [{ type: 'Punctuation', behavior: 'Contiguous' }, byteLevel, { ...digits, individual_digits: false }],
  [digits, byteLevel],
  [{ type: 'WhitespaceSplit' }, metaspace],
  [{ type: 'UnicodeScripts' }, { type: 'Punctuation' }, { type: 'FixedLength', length: 2 }],
].map((pretokenizers, index): Case => ({
  name: `sequence ${index}`,
  kind: 'whole',
  parts: { added_tokens: [added({ content: '<s>' })], pre_tokenizer: { type: 'Sequence', pretokenizers } },
}));

export const addedTokenCases: readonly Case[] = [...flagCases, ...mixedCases];

export const startCases: readonly Case[] = [...onceCases, ...twiceCases];
