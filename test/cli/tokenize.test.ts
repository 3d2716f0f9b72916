/** `harness tokenize`: what people and programs see of the tokens of a text. */
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { trainBpe } from '../../harness/data/index.ts';
import { captured, documentOf } from './captured-run.ts';

const root = mkdtempSync(path.join(tmpdir(), 'tokenize-'));
const model = path.join(root, 'model');
const text = path.join(root, 'text.txt');
afterAll(() => rmSync(root, { recursive: true }));

/** A lower-casing word-level tokenizer between two special tokens. */
const wordLevel = {
  version: '1.0',
  added_tokens: ['<s>', '</s>'].map((content, id) => ({
    id,
    content,
    single_word: false,
    lstrip: false,
    rstrip: false,
    normalized: false,
    special: true,
  })),
  normalizer: { type: 'Lowercase' },
  pre_tokenizer: { type: 'WhitespaceSplit' },
  post_processor: { type: 'BertProcessing', cls: ['<s>', 0], sep: ['</s>', 1] },
  decoder: null,
  model: { type: 'WordLevel', unk_token: '?', vocab: { '<s>': 0, '</s>': 1, '?': 2, a: 3, b: 4, '\u001b[31m': 5 } },
};

beforeAll(() => {
  mkdirSync(model);
  writeFileSync(path.join(model, 'tokenizer.json'), JSON.stringify(wordLevel));
  writeFileSync(text, 'a b\nA \u001b[31m x\n\n');
});

it('shows ids and tokens of every line, the sums, and lines that do not come back', async () => {
  const run = await captured(['tokenize', model, text]);
  expect(run).toMatchObject({ exitCode: 0, stderr: '' });
  expect(run.stdout.split('\n').map((line) => line.trim())).toEqual([
    'line  tokens  ids        pieces',
    '1       4  0 3 4 1    <s> a b </s>',
    '2       5  0 3 5 2 1  <s> a \\u001b[31m ? </s>',
    '3       2  0 1        <s> </s>',
    '3 lines, 12 characters, 11 tokens, 1.09 characters a token',
    'line 2 decodes to another text: a␣\\u001b[31m␣?',
    '',
  ]);
});

it('leaves the special tokens out where they are not wanted', async () => {
  const run = await captured(['tokenize', path.join(model, 'tokenizer.json'), text, '--no-special-tokens', '--json']);
  expect(documentOf(run)).toEqual({
    schemaVersion: 1,
    tokenizer: path.join(model, 'tokenizer.json'),
    specialTokens: false,
    summary: { lines: 3, characters: 12, tokens: 5, charactersPerToken: 12 / 5, changedByDecoding: 1 },
    lines: [
      { line: 1, text: 'a b', ids: [3, 4], tokens: ['a', 'b'], decoded: null },
      { line: 2, text: 'A \u001b[31m x', ids: [3, 5, 2], tokens: ['a', '\u001b[31m', '?'], decoded: 'a \u001b[31m ?' },
      { line: 3, text: '', ids: [], tokens: [], decoded: null },
    ],
  });
});

it('takes the tokenizer of a stage, by the beginning of its id', async () => {
  const store = path.join(root, 'results', 'store');
  mkdirSync(path.join(store, 'tokenizer-0123456789ab'), { recursive: true });
  writeFileSync(
    path.join(store, 'tokenizer-0123456789ab', 'tokenizer.json'),
    JSON.stringify(trainBpe([], { vocabSize: 257 })),
  );
  const argv = ['tokenize', 'tokenizer-01', text, '--json', '--results', path.join(root, 'results')];
  const { lines } = documentOf(await captured(argv)) as { lines: readonly { readonly ids: readonly number[] }[] };
  expect(lines[0]?.ids).toEqual([...Buffer.from('a b')].map((byte) => byte + 1));
  cpSync(path.join(store, 'tokenizer-0123456789ab'), path.join(store, 'tokenizer-01ffffffffff'), { recursive: true });
  expect(await captured(argv)).toMatchObject({
    exitCode: 2,
    stderr: expect.stringContaining('the beginning of 2 stages') as string,
  });
});

it.each([
  ['no/such', 'text.txt', 2, 'no such file, folder or stage'],
  ['.', 'text.txt', 2, 'has no tokenizer.json'],
  ['model', 'missing.txt', 2, 'cannot be read'],
  ['model', 'latin.txt', 2, 'is not UTF-8 text'],
  ['odd.json', 'text.txt', 4, 'model: type "Sum" is not known'],
  ['strict.json', 'text.txt', 4, 'text.txt:2: a part of "a" has no token'],
  ['broken.json', 'text.txt', 4, 'cannot be read as JSON'],
])('refuses %s with %s: exit code %i', async (named, file, exitCode, complaint) => {
  writeFileSync(path.join(root, 'latin.txt'), Buffer.from([0x61, 0xe9]));
  writeFileSync(path.join(root, 'odd.json'), JSON.stringify({ ...wordLevel, model: { type: 'Sum', vocab: {} } }));
  const known = { type: 'WordLevel', unk_token: '?', vocab: { b: 0 } };
  writeFileSync(
    path.join(root, 'strict.json'),
    JSON.stringify({ ...wordLevel, added_tokens: [], post_processor: null, model: known }),
  );
  writeFileSync(path.join(root, 'broken.json'), '{"version": ');
  writeFileSync(path.join(root, 'text.txt'), 'b\na\n');
  const run = await captured(['tokenize', path.join(root, named), path.join(root, file)]);
  expect(run).toMatchObject({ exitCode, stdout: '' });
  expect(run.stderr).toContain(complaint);
});

it('is inconclusive where there is no text', async () => {
  writeFileSync(path.join(root, 'empty.txt'), '');
  expect(await captured(['tokenize', model, path.join(root, 'empty.txt')])).toMatchObject({ exitCode: 5 });
});
