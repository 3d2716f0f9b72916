/** Sections that a checkpoint brings along: left out, refused where they are written, and given in cases of an axis. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { expandSweep } from '../../harness/spec/index.ts';
import { checkpointModels, writeCheckpoint } from '../model/tiny-checkpoints.ts';
import { baseText, errorLines, format, valid } from './base-experiment.ts';

const root = mkdtempSync(path.join(tmpdir(), 'derived-sections-'));
const [model] = checkpointModels as [(typeof checkpointModels)[0]];
let folder: string;
beforeAll(async () => {
  folder = await writeCheckpoint(path.join(root, 'my-base'), { model });
});
afterAll(() => rmSync(root, { recursive: true }));

const modelLines = baseText.slice(baseText.indexOf('model:'), baseText.indexOf('pretrain:'));
const without = (...parts: readonly string[]): string => parts.reduce((text, part) => text.replace(part, ''), baseText);
/** The base experiment without a model and tokenizer of its own. */
const bare = without(modelLines, 'tokenizer: {kind: bpe}\n');
const start = (place: string): string => `start: {kind: checkpoint, path: ${place}}\n`;
const ownModel =
  '{name: own, family: qwen2, hiddenSize: 32, layers: 1, heads: 2, keyValueHeads: 1, intermediateSize: ' +
  '64, contextLength: 64}';
const pointsOf = (text: string) => expandSweep(valid(text), format).points.map(({ spec }) => spec);

it('fills model and tokenizer from the checkpoint', () => {
  const [trial] = pointsOf(bare + start(folder));
  expect(trial?.model).toMatchObject({ name: 'my-base', family: 'qwen2', contextLength: 640 });
  expect(trial?.tokenizer).toEqual({ kind: 'checkpoint', vocabSize: model.vocabSize });
});

it('resolves the folder against the file', () => {
  const beside = path.relative(process.cwd(), folder);
  expect(pointsOf(bare + start(beside))[0]?.start).toMatchObject({ path: folder });
});

it('says on the line of the path what is wrong with the folder, once', () => {
  expect(errorLines(bare + start('/nowhere'))).toEqual([
    expect.stringMatching(
      /^x\.yaml:25:33: start\.path: expected a folder with config\.json.*no folder at \/nowhere; `start\.declared` gives/,
    ),
  ]);
});

it('refuses a context beyond that of the checkpoint at its own line', () => {
  const text = `${bare}start:\n  kind: checkpoint\n  path: ${folder}\n  contextLength: 700\n`;
  expect(errorLines(text)).toEqual([
    'x.yaml:28:18: start.contextLength: expected at most 640, the context of the checkpoint, found 700',
  ]);
});

it('asks for a model and a tokenizer where the start brings none', () => {
  expect(errorLines(bare)).toEqual([
    expect.stringContaining('model: expected a model (or a start that brings one'),
    expect.stringContaining('tokenizer: expected a tokenizer (or a start that brings one'),
  ]);
});

it('refuses a model or tokenizer beside a checkpoint, and says what to do', () => {
  const [ofTokenizer, ofModel, ...others] = errorLines(baseText + start(folder));
  expect(ofTokenizer).toContain('x.yaml:6:1: tokenizer: expected null: the start my-base brings its own tokenizer');
  expect(ofModel ?? '').toContain('model: expected null: the start my-base brings its own model, found a model');
  expect(ofModel).toContain('an axis of cases sets start, model and tokenizer together');
  expect(others).toEqual([]);
});

it('refuses an axis of starts of which one needs the model and the other brings it', () => {
  const axis = `sweep:\n  axes:\n    start: [{kind: random}, {kind: checkpoint, path: ${folder}}]\n`;
  expect(errorLines(baseText + axis)).toEqual([
    expect.stringContaining('tokenizer: expected null: the start my-base brings its own tokenizer'),
    expect.stringContaining('model: expected null: the start my-base brings its own model'),
  ]);
  expect(errorLines(bare + axis)).toEqual([
    expect.stringContaining('model: expected a model (or a start that brings one'),
    expect.stringContaining('tokenizer: expected a tokenizer (or a start that brings one'),
  ]);
});

it('takes an axis of cases that set start, model and tokenizer together', () => {
  const axis = [
    'sweep:',
    '  axes:',
    '    start:',
    `      random: {start: {kind: random}, model: ${ownModel}, tokenizer: {kind: bpe}}`,
    `      checkpoint: {start: {kind: checkpoint, path: ${folder}}}`,
    '',
  ].join('\n');
  expect(pointsOf(bare + axis).map((trial) => [trial.start.kind, trial.model.name, trial.tokenizer.kind])).toEqual([
    ['random', 'own', 'bpe'],
    ['checkpoint', 'my-base', 'checkpoint'],
  ]);
});

it('needs a corpus for pairs that are made from one, and not for finetuning alone', () => {
  const noCorpus = bare.replace('corpus: {kind: npm}\n', '') + start(folder);
  expect(errorLines(noCorpus)).toEqual(['x.yaml:1:1: corpus: expected a corpus, to make pairs from, found null']);
  const pretrain = bare.slice(bare.indexOf('pretrain:'), bare.indexOf('task:'));
  const finetuneOnly = noCorpus.replace('pairs: {kind: mutate}\n', '').replace(pretrain, 'pretrain: null\n');
  expect(pointsOf(finetuneOnly)).toMatchObject([{ corpus: null, pairs: null }]);
  const none = noCorpus.replace('pairs: {kind: mutate}\n', '').replace('{kind: pmp}', '{kind: none}');
  expect(pointsOf(none)).toMatchObject([{ corpus: null, pairs: null }]);
});

it('names the pairs that pretraining needs', () => {
  expect(errorLines(bare.replace('pairs: {kind: mutate}\n', '') + start(folder))).toEqual([
    'x.yaml:1:1: pairs: expected a source of preference pairs, for pretraining, found null',
  ]);
});
