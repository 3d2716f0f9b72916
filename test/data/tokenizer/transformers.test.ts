/** Folders of tokenizers as `transformers` opens them, where HARNESS_PYTHON names a Python that has it. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { loadHuggingFaceTokenizer } from '../../../harness/data/index.ts';
import { pythonWith } from '../../python.ts';

const python = pythonWith('transformers');
const fixtures = path.join(import.meta.dirname, 'fixtures');
const flags = { single_word: false, lstrip: false, rstrip: false, normalized: false, special: true };
const added = (content: string, more: object = {}): object => ({ __type: 'AddedToken', content, ...flags, ...more });

/** By what they are about. `X` stands for a token that is in no vocabulary, `e` is in all of them. */
const configs: Readonly<Record<string, object>> = {
  'nothing more': {},
  'a token of the vocabulary': { bos_token: 'e' },
  'a token that is in none': { eos_token: '<X>' },
  'flags of a special token': { eos_token: added('<X>', { lstrip: true, normalized: true }) },
  'more special tokens': { extra_special_tokens: ['<X>', '<Y>'] },
  'their older name': { additional_special_tokens: ['<X>', '<Y>'] },
  'both names': { additional_special_tokens: ['<X>'], extra_special_tokens: ['<Y>'] },
  'names of the model': { image_token: '<X>', extra_special_tokens: { video_token: '<Y>' } },
  'added tokens': {
    added_tokens_decoder: { '901': { content: '<X>', ...flags }, '900': { content: '<Y>', ...flags } },
  },
  'tokens around a text, which the file decides': { bos_token: 'e', add_bos_token: true, add_eos_token: true },
  'what has no effect on ids': { model_max_length: 3, add_prefix_space: true, clean_up_tokenization_spaces: true },
};

const texts = ['<X> the <Y>', 'e', 'the<X>  <X>\n', ' <Y><X>e', 'Whenever we meet, 12 times', 'é 日本語\t\u0301'];

describe.skipIf(python === null)('ids of a folder (skipped without HARNESS_PYTHON that has transformers)', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'transformers-'));
  afterAll(() => rmSync(folder, { recursive: true }));

  it('are ours, whatever its configuration names', () => {
    const { cases } = JSON.parse(readFileSync(path.join(fixtures, 'makes.json'), 'utf8')) as {
      cases: readonly { readonly name: string; readonly json: object }[];
    };
    const makes = cases.filter(({ name }) => ['gpt2', 'llama2', 'bert', 't5', 'neox'].includes(name));
    const asked = makes.flatMap(({ name, json }) =>
      Object.entries(configs).map(([about, config]) => ({
        name: `${name}: ${about}`,
        json,
        config: { tokenizer_class: 'PreTrainedTokenizerFast', ...config },
        texts,
      })),
    );
    const answers = path.join(folder, 'answers.json');
    const script = path.join(fixtures, 'make_config_expected.py');
    execFileSync(python as string, [script, answers], {
      input: JSON.stringify(asked),
      stdio: ['pipe', 'ignore', 'ignore'],
    });
    const wanted = JSON.parse(readFileSync(answers, 'utf8')) as readonly unknown[];
    const ours = asked.map(({ name, json, config }) => {
      const { encode } = loadHuggingFaceTokenizer(name, json, config);
      return texts.map((text) => [...encode(text, { specialTokens: true })]);
    });
    const named = (all: readonly unknown[]): object =>
      Object.fromEntries(asked.map(({ name }, index) => [name, all[index]]));
    expect(asked).toHaveLength(5 * Object.keys(configs).length);
    expect(named(ours)).toEqual(named(wanted));
  }, 180_000);
});
