/** Tokens that a tokenizer_config.json names: what `transformers` 5 makes of them when it opens a folder. */
import { describe, expect, it } from 'vitest';
import { loadHuggingFaceTokenizer } from '../../../harness/data/index.ts';

const flags = { single_word: false, lstrip: false, rstrip: false, normalized: false, special: true };
const json = {
  version: '1.0',
  added_tokens: [{ id: 0, content: '<s>', ...flags }],
  pre_tokenizer: { type: 'Split', pattern: { String: ' ' }, behavior: 'Removed', invert: false },
  model: { type: 'WordLevel', unk_token: '?', vocab: { '<s>': 0, '?': 1, end: 2, word: 3, ends: 4 } },
};

const idsOf = (config: object, text: string): readonly number[] => [
  ...loadHuggingFaceTokenizer('t.json', json, config).encode(text, { specialTokens: true }),
];

describe('tokens of tokenizer_config.json', () => {
  it('without any, words are words', () => {
    expect(idsOf({}, '<s>word ends')).toEqual([0, 3, 4]);
  });

  it('a special token of the vocabulary is found inside words', () => {
    expect(idsOf({ eos_token: 'end' }, 'word ends')).toEqual([3, 2, 1]);
    expect(idsOf({ eos_token: { content: 'end', lstrip: true } }, 'word ends')).toEqual([3, 2, 1]);
  });

  it('a token that is in no vocabulary gets the next free id, whatever id it is written with', () => {
    const config = { added_tokens_decoder: { '90': { content: '<b>', ...flags }, '80': { content: '<a>', ...flags } } };
    expect(idsOf(config, '<a><b>')).toEqual([5, 6]);
    expect(idsOf({ mask_token: '<m>', image_token: '<img>' }, '<img><m>')).toEqual([6, 5]);
    expect(idsOf({ extra_special_tokens: ['<x>'] }, 'word<x>')).toEqual([3, 5]);
    expect(idsOf({ additional_special_tokens: ['<x>'] }, 'word<x>')).toEqual([3, 5]);
    expect(idsOf({ extra_special_tokens: { image: '<x>' } }, 'word<x>')).toEqual([3, 5]);
    const many = {
      extra_special_tokens: ['<y>'],
      additional_special_tokens: ['<x>'],
      mask_token: '<m>',
      bos_token: '<b>',
    };
    expect(idsOf({ ...many, aa_token: '<aa>' }, '<b><m><aa><y>')).toEqual([5, 6, 7, 8]);
  });

  it('the token to pad with is one of them, but for the byte that our models pad with', () => {
    expect(idsOf({ pad_token: 'end' }, 'word ends')).toEqual([3, 2, 1]);
    const vocab = { ...json.model.vocab, ÿ: 5, aÿ: 6 };
    const spelled = { ...json, model: { ...json.model, vocab } };
    const encoded = loadHuggingFaceTokenizer('t.json', spelled, { pad_token: 'ÿ' });
    expect([...encoded.encode('aÿ', { specialTokens: true })]).toEqual([6]);
  });

  it('flags of added_tokens_decoder replace those of the file', () => {
    const stripping = { added_tokens_decoder: { '0': { content: '<s>', ...flags, rstrip: true } } };
    expect(idsOf({}, '<s> word')).toEqual([0, 3]);
    expect(
      loadHuggingFaceTokenizer('t.json', { ...json, pre_tokenizer: null }, stripping).encode('<s> word', {
        specialTokens: false,
      }),
    ).toEqual(Int32Array.of(0, 3));
  });

  it('what adds tokens around a text or cuts decoded text is of no meaning beside a tokenizer.json', () => {
    const config = { add_bos_token: true, add_eos_token: true, bos_token: '<s>', clean_up_tokenization_spaces: true };
    expect(idsOf({ ...config, model_max_length: 1, add_prefix_space: true }, 'word word')).toEqual([3, 3]);
  });

  it('special tokens that are to be cut like other text are refused by name', () => {
    expect(() => idsOf({ split_special_tokens: true }, 'word')).toThrow('split_special_tokens true');
  });
});

describe('parts that are refused, all at once and by their names', () => {
  it.each([
    [{ model: { ...json.model, dropout: 0.1 } }, 'model: dropout is not known'],
    [{ model: { type: 'BPE', vocab: { a: 0 }, merges: [], dropout: 0.1 } }, 'model: dropout 0.1'],
    [{ model: { type: 'BPE', vocab: { a: 0 }, merges: ['a b'] } }, 'model: merges: "b", "ab" are in no vocabulary'],
    [{ model: { type: 'BPE', vocab: { a: 0, b: 0 }, merges: [] } }, 'vocab: "a" and "b" have the same id 0'],
    [{ model: { type: 'BPE', vocab: { a: 0.5 }, merges: [['a']] } }, 'merges[0]: expected two tokens'],
    [{ model: { type: 'Unigram', vocab: [['a', 0]], unk_id: 3 } }, 'unk_id: 3 is not the index'],
    [{ decoder: { type: 'Loud' } }, 'decoder: type "Loud" is not known'],
    [{ post_processor: { type: 'BertProcessing', cls: ['<s>', 0], sep: ['x', 77] } }, 'sep: "x" has the id 77'],
    [{ version: '2.0' }, 'version "2.0" is not known'],
    [{ added_vocabulary: {} }, 'added_vocabulary is not known'],
    [{ model: undefined }, 'model: there is none'],
    [
      {
        post_processor: {
          type: 'TemplateProcessing',
          single: [{ SpecialToken: { id: '[CLS]', type_id: 0 } }, { Sequence: { id: 'A', type_id: 0 } }],
          special_tokens: {},
        },
      },
      'post_processor.single[0].SpecialToken: "[CLS]" is none of special_tokens',
    ],
  ])('%j', (change, complaint) => {
    expect(() => loadHuggingFaceTokenizer('t.json', { ...json, ...change }, {})).toThrow(complaint);
  });

  it('names several problems in one error', () => {
    const broken = { ...json, decoder: { type: 'Loud' }, post_processor: { type: 'Odd' } };
    expect(() => loadHuggingFaceTokenizer('t.json', broken, {})).toThrow(/^t\.json: .*Odd.*; .*Loud/s);
  });
});
