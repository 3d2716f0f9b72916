/** One interface for every tokenizer: ours, and those that checkpoints bring. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import {
  encodePairs,
  encodePrompt,
  encodeResponse,
  loadHuggingFaceTokenizer,
  loadTokenizer,
  openTokenizer,
  tokenTable,
  trainBpe,
} from '../../harness/data/index.ts';
import { checkpointModels, editJson, writeCheckpoint } from '../model/tiny-checkpoints.ts';

const root = mkdtempSync(path.join(tmpdir(), 'open-tokenizer-'));
afterAll(() => rmSync(root, { recursive: true }));

interface Files {
  readonly json: object;
  readonly config: object;
}
const parsed = (file: string): object => JSON.parse(readFileSync(file, 'utf8')) as object;
const filesOf = (folder: string): Files => ({
  json: parsed(path.join(folder, 'tokenizer.json')),
  config: parsed(path.join(folder, 'tokenizer_config.json')),
});
const [model] = checkpointModels as [(typeof checkpointModels)[0]];
let plain: Files;
let begun: Files;
beforeAll(async () => {
  plain = filesOf(await writeCheckpoint(path.join(root, 'plain'), { model }));
  begun = filesOf(await writeCheckpoint(path.join(root, 'begun'), { model, begins: true }));
});

const texts = ['look up the key', '', ' x = 12;\n\n  y', 'añ ÿ 你好', 'a<|endoftext|>b'];

it('gives the ids of the library, and its texts back', () => {
  const tokenizer = openTokenizer('tokenizer.json', plain.json, plain.config);
  const library = loadHuggingFaceTokenizer('tokenizer.json', plain.json, plain.config);
  for (const text of texts) {
    expect(tokenizer.encode(text)).toEqual(library.encode(text, { specialTokens: false }));
    expect(tokenizer.decode(tokenizer.encode(text))).toBe(text);
  }
});

it('puts what the post-processor puts before a text before the prompt, and the end token behind the response', () => {
  const tokenizer = openTokenizer('tokenizer.json', begun.json, begun.config);
  const library = loadHuggingFaceTokenizer('tokenizer.json', begun.json, begun.config);
  expect(encodePrompt('look up', tokenizer)).toEqual(library.encode('look up', { specialTokens: true }));
  expect(encodePrompt('look up', tokenizer)[0]).toBe(0);
  expect(encodeResponse('look up', tokenizer)).toEqual(Int32Array.of(...tokenizer.encode('look up'), 1));
  // A text that has it already gets no second one.
  expect(encodePrompt('<|begin|>look up', tokenizer)).toEqual(encodePrompt('look up', tokenizer));
  const pair = { id: 'a', group: 'a', prompt: 'x', chosen: 'y', rejected: 'z', source: 's', edits: [] };
  const [encoded] = encodePairs([pair], tokenizer, { contextLength: 64, overLength: 'drop' }).encoded;
  expect(encoded?.prompt[0]).toBe(0);
  expect([encoded?.chosen[0], encoded?.chosen.at(-1)]).toEqual([...tokenizer.encode('y').subarray(0, 1), 1]);
});

it('opens ours as ever, whatever stands beside it', () => {
  const json = trainBpe(['look up the key'], { vocabSize: 262 });
  const [opened, loaded] = [openTokenizer('tokenizer.json', json, { eos_token: 'a' }), loadTokenizer(json)];
  expect(opened.endToken).toBe(0);
  expect(encodePrompt('look up', opened)).toEqual(loaded.encode('look up'));
});

it('leaves out an end token that the post-processor would add, and refuses anything else behind a text', () => {
  const framed = (behind: string, id: number): object => ({
    ...plain.json,
    post_processor: {
      type: 'TemplateProcessing',
      single: [{ Sequence: { id: 'A', type_id: 0 } }, { SpecialToken: { id: behind, type_id: 0 } }],
      pair: [],
      special_tokens: { [behind]: { id: behind, ids: [id], tokens: [behind] } },
    },
  });
  expect(openTokenizer('t.json', framed('<|endoftext|>', 1), plain.config).beginTokens).toHaveLength(0);
  expect(() => openTokenizer('t.json', framed('<|begin|>', 0), plain.config)).toThrow(
    't.json: puts other tokens behind a text than its end token',
  );
});

it('refuses a tokenizer without an end token, with what it was told', () => {
  expect(() => openTokenizer('t.json', plain.json, { eos_token: '<eos>' })).toThrow(
    't.json: has no end token, with which a response ends: eos_token is "<eos>"',
  );
});

it('reads the tokens of a map, of a list with scores, and added ones', () => {
  const list = tokenTable({
    model: {
      vocab: [
        ['a', -1],
        ['b', -2],
      ],
    },
    added_tokens: [{ id: 7, content: 'c' }],
  });
  expect([list.idOf('b'), list.tokenOf(0), list.idOf('c'), list.highestId, list.size]).toEqual([1, 'a', 7, 7, 3]);
  expect(tokenTable({}).highestId).toBe(-1);
});

it('is not misled by a folder that is edited by hand', async () => {
  const folder = await writeCheckpoint(path.join(root, 'edited'), { model });
  editJson(path.join(folder, 'tokenizer_config.json'), (config) => ({ ...config, eos_token: undefined }));
  const { json, config } = filesOf(folder);
  expect(() => openTokenizer('t.json', json, config)).toThrow('eos_token is null');
});
