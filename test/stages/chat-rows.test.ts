/** Rows of chat messages through the stages that read them: as text, as the token ids that are trained on. */
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import {
  openTokenizer,
  openTokenizerTemplate,
  readEncodedPairs,
  readEncodedQuestions,
  readPairs,
  storedPairShards,
  templateWithEnd,
  trainBpe,
  withResponseEnd,
} from '../../harness/data/index.ts';
import type { EncodedPair } from '../../harness/data/preference-pair.ts';
import { builtInKinds } from '../../harness/kinds/index.ts';
import { encodeRow } from '../../harness/score/encode-row.ts';
import { parseRow } from '../../harness/score/parse-row.ts';
import type { ResponseEnd } from '../../harness/spec/index.ts';
import type { TextEncoder } from '../../harness/score/text-encoder.ts';
import { pairs as pairsStage } from '../../harness/stages/pairs.ts';
import type { StageContext } from '../../harness/stages/index.ts';
import { task as taskStage } from '../../harness/stages/task.ts';
import { fixture, templatePath, tokenizerPath } from '../data/chat/chat-fixture.ts';

const root = mkdtempSync(path.join(tmpdir(), 'harness-chat-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

const said = (role: string, content: string): object => ({ role, content });
const conversation = (i: number, answer: string): object[] => [
  ...(i % 3 === 0 ? [said('system', `Be brief ${i}.`)] : []),
  said('user', `What is ${i} + 1?`),
  said('assistant', `\n\n${answer}`),
];
const rows = Array.from({ length: 12 }, (_, i) => ({
  prompt: `What is ${i} + 1?`,
  chosen: conversation(i, `It is ${i + 1}.`),
  rejected: conversation(i, 'I do not know.'),
  score_chosen: 8.5,
  score_rejected: 6,
}));
const pool = {
  prompt: [said('user', 'Name a color')],
  candidates: [
    { text: 'Red', overall_score: 5 },
    { text: [said('assistant', 'Nine')], overall_score: 1 },
  ],
};

let places = 0;

/** A folder with a tokenizer and the files of the rows. */
function place(template: string | null): string {
  const folder = path.join(root, `place-${places++}`);
  mkdirSync(path.join(folder, 'tokenizer'), { recursive: true });
  cpSync(tokenizerPath('byte-level'), path.join(folder, 'tokenizer/tokenizer.json'));
  const chat = template === null ? {} : { chat_template: readFileSync(templatePath(template), 'utf8') };
  writeFileSync(path.join(folder, 'tokenizer/tokenizer_config.json'), JSON.stringify({ ...fixture.tokens, ...chat }));
  writeFileSync(path.join(folder, 'rows.jsonl'), lines(rows));
  writeFileSync(path.join(folder, 'test.jsonl'), lines([pool, ...rows.slice(0, 2)]));
  return folder;
}

const lines = (values: readonly unknown[]): string => values.map((value) => `${JSON.stringify(value)}\n`).join('');

async function run(
  stage: typeof taskStage | typeof pairsStage,
  folder: string,
  config: object,
): Promise<{ readonly outputs: readonly string[]; readonly notes: readonly string[] }> {
  const notes: string[] = [];
  const context = {
    stage: { kind: stage.kind, config, locations: {} },
    folder: path.join(folder, stage.kind),
    inputFolders: { tokenizer: path.join(folder, 'tokenizer') },
    cacheFolder: folder,
    kinds: builtInKinds,
    emit: (event: { readonly kind: string; readonly text?: string }) => {
      if (event.kind === 'note') notes.push(event.text ?? '');
    },
  };
  mkdirSync(context.folder, { recursive: true });
  const end = await stage.run(context as unknown as StageContext<never>);
  return { outputs: 'outputs' in end ? end.outputs : [], notes };
}

const section = (kind: 'tasks' | 'pairs', fields: { readonly kind: string }): object =>
  builtInKinds[kind].find((one) => one.kind === fields.kind)?.schema.parse(fields) as object;

function runTask(folder: string, fields: object = {}, responseEnd: ResponseEnd = null): ReturnType<typeof run> {
  const files = { train: path.join(folder, 'rows.jsonl'), test: path.join(folder, 'test.jsonl') };
  const task = section('tasks', { kind: 'preferences', name: 'own', ...files, ...fields } as { kind: string });
  return run(taskStage, folder, {
    task,
    contextLength: 512,
    responseEnd,
    dataDigest: null,
    graderVersion: null,
    scoringVersion: null,
  });
}

/** What `harness score` makes of a row, with the tokenizer and the template in a folder. */
function scored(
  folder: string,
  row: object,
  end: ResponseEnd = null,
): { readonly prompt: number[]; readonly responses: number[][] } {
  const file = path.join(folder, 'tokenizer.json');
  const json = (name: string): object => JSON.parse(readFileSync(path.join(folder, name), 'utf8')) as object;
  const opened = openTokenizer(file, json('tokenizer.json'), json('tokenizer_config.json'));
  const tokenizer = withResponseEnd(opened, end);
  const found = openTokenizerTemplate(file, null);
  const template = found && templateWithEnd(found, end);
  const encoder: TextEncoder = {
    kind: 'own',
    tokenizer: () => tokenizer,
    responseEnd: end,
    chat: { template: () => template, texts: false },
  };
  const parsed = parseRow(row);
  if ('problems' in parsed) throw new Error(parsed.problems.join());
  const encoded = encodeRow(parsed.row, encoder, { vocabSize: 1000, contextLength: 512, overLength: 'refuse' });
  if (!('question' in encoded)) throw new Error(JSON.stringify(encoded));
  const { prompt, responses } = encoded.question;
  return { prompt: [...prompt], responses: responses.map((ids) => [...ids]) };
}

const trained = ({ prompt, chosen, rejected }: EncodedPair) => ({
  prompt: [...prompt],
  responses: [[...chosen], [...rejected]],
});

describe('a task of chat messages', () => {
  it.each(['qwen3', 'like-llama2', 'like-plain'])('trains on the token ids that are scored: %s', async (name) => {
    const folder = place(name);
    const { outputs } = await runTask(folder);
    expect(outputs).toContain('tokenizer_config.json');
    const out = path.join(folder, 'task');
    const byId = new Map(readEncodedPairs(path.join(out, 'train.arrow')).map((pair) => [pair.id, pair]));
    expect(byId.size).toBeGreaterThan(5);
    for (const [id, pair] of byId) {
      const row = rows[Number(id.slice('train-'.length)) - 1] as (typeof rows)[number];
      expect(trained(pair)).toEqual(scored(out, { chosen: row.chosen, rejected: row.rejected }));
      expect(pair.margin).toBe(2.5);
    }
    const [question] = readEncodedQuestions(path.join(out, 'pool.arrow'));
    expect(question?.candidates.map((ids) => [...ids])).toEqual(scored(out, pool).responses);
  });

  it('is written as text that can be read, with one begin token', async () => {
    const folder = place('like-llama2');
    await runTask(folder);
    const first = readPairs(path.join(folder, 'task/test.jsonl')).find(({ id }) => id === 'test-2');
    expect(first).toMatchObject({
      prompt: '<s>[INST] <<SYS>>\nBe brief 0.\n<</SYS>>\n\nWhat is 0 + 1? [/INST]',
      chosen: ' It is 1. </s>',
      isRendered: true,
    });
    const [begin] = scored(path.join(folder, 'task'), rows[0] as object).prompt;
    const ids = readEncodedPairs(path.join(folder, 'task/test.arrow')).find(({ id }) => id === 'test-2')?.prompt;
    expect([...(ids ?? [])].filter((id) => id === begin)).toHaveLength(1);
  });

  it('is rendered by a template that the task names, which goes with the tokenizer', async () => {
    const folder = place('qwen3');
    await runTask(folder, { chatTemplate: templatePath('like-zephyr') });
    const out = path.join(folder, 'task');
    expect(readPairs(path.join(out, 'train.jsonl'))[0]?.prompt).toMatch(/<\|user\|>\nWhat is/);
    expect(openTokenizerTemplate(path.join(out, 'tokenizer.json'), null)?.missingEnd).toBeNull();
    const [pair] = readEncodedPairs(path.join(out, 'train.arrow')) as [EncodedPair];
    const row = rows[Number(pair.id.slice('train-'.length)) - 1] as object;
    expect(trained(pair)).toEqual(scored(out, row));
  });

  it('can be trained on with a tokenizer of ours and a template from a file', async () => {
    const folder = place(null);
    writeFileSync(
      path.join(folder, 'tokenizer/tokenizer.json'),
      JSON.stringify(trainBpe(['What is it?'], { vocabSize: 260 })),
    );
    rmSync(path.join(folder, 'tokenizer/tokenizer_config.json'));
    await runTask(folder, { chatTemplate: templatePath('like-plain') });
    const out = path.join(folder, 'task');
    expect(readPairs(path.join(out, 'train.jsonl'))[0]?.rejected).toBe('\n\nI do not know.\n<|end|>');
    const [pair] = readEncodedPairs(path.join(out, 'train.arrow')) as [EncodedPair];
    const row = rows[Number(pair.id.slice('train-'.length)) - 1] as object;
    expect(trained(pair)).toEqual(scored(out, row));
    expect(pair.chosen.at(-1)).toBe(0);
  });

  it('ends no response of a model that has no end token there', async () => {
    const folder = place('like-plain');
    await runTask(folder, {}, 'none');
    const out = path.join(folder, 'task');
    const [text] = readPairs(path.join(out, 'train.jsonl'));
    expect(text?.rejected).toBe('\n\nI do not know.\n');
    const [pair] = readEncodedPairs(path.join(out, 'train.arrow')) as [EncodedPair];
    const row = rows[Number(pair.id.slice('train-'.length)) - 1] as object;
    expect(trained(pair)).toEqual(scored(out, row, 'none'));
    expect(trained(pair)).not.toEqual(scored(out, row));
  });

  it('renders texts where it is told to', async () => {
    const folder = place('like-chatml');
    writeFileSync(
      path.join(folder, 'rows.jsonl'),
      lines(rows.map((_, i) => ({ prompt: `Q${i}`, chosen: 'a', rejected: 'b' }))),
    );
    await runTask(folder, { chatTexts: true });
    expect(readPairs(path.join(folder, 'task/train.jsonl'))[0]).toMatchObject({
      prompt: expect.stringMatching(/^<\|im_start\|>user\nQ\d+<\|im_end\|>\n<\|im_start\|>assistant\n$/) as string,
      chosen: 'a<|im_end|>\n',
    });
  });

  it('counts rows that the template refuses, with the reason and the first of them', async () => {
    const folder = place('like-llama2');
    const twice = [said('user', 'a'), said('user', 'b'), said('assistant', 'c')];
    writeFileSync(
      path.join(folder, 'rows.jsonl'),
      lines([...rows, { chosen: twice, rejected: [...twice.slice(0, 2), said('assistant', 'd')] }]),
    );
    const { notes } = await runTask(folder);
    expect(notes.join('\n')).toContain(
      'rows.jsonl: left out: 1 row: the chat template refuses the messages: ' +
        'After an optional system message, user and assistant take turns (first in row 13)',
    );
  });

  it('is refused without a template, with file and row', async () => {
    const folder = place(null);
    await expect(runTask(folder)).rejects.toMatchObject({
      exitCode: 2,
      message: expect.stringMatching(
        /rows\.jsonl: row 1: chosen is a list of chat messages .* no chat template$/,
      ) as string,
    });
  });
});

describe('pairs of chat messages for pretraining', () => {
  it('have the token ids that are scored, and stay rendered where they are read again', async () => {
    const folder = place('qwen2.5');
    const pairs = section('pairs', { kind: 'files', path: [path.join(folder, 'rows.jsonl')] } as { kind: string });
    await run(pairsStage, folder, { pairs, contextLength: 512, pairsDigest: null });
    const out = path.join(folder, 'pairs');
    const encoded = readEncodedPairs(path.join(out, 'pairs-00000.arrow'));
    for (const pair of encoded) {
      const row = rows[Number(pair.id.replace('pairs-0-', '')) - 1] as object;
      expect(trained(pair)).toEqual(scored(path.join(folder, 'tokenizer'), row));
    }
    const texts = [];
    for await (const pair of storedPairShards(out, 'pairs')) texts.push(pair);
    expect(texts.map(({ id, isRendered }) => [id, isRendered])).toEqual(encoded.map(({ id }) => [id, true]));
  });
});

describe('dialogues in one text', () => {
  const dialogue = (i: number, turns: string, answer: string): string =>
    `\n\nHuman: Question ${i}?${turns}\n\nAssistant:${answer}`;
  const more = '\n\nAssistant: Why?\n\nHuman: So.';

  it('keep their text, and continuations of one conversation stay in one split', async () => {
    const folder = place(null);
    const written = Array.from({ length: 20 }, (_, i) => [
      { chosen: dialogue(i, '', ' Yes.'), rejected: dialogue(i, '', ' No.') },
      { chosen: dialogue(i, more, ' Good.'), rejected: dialogue(i, more, ' Bad.') },
    ]).flat();
    writeFileSync(path.join(folder, 'rows.jsonl'), lines(written));
    await runTask(folder, { test: 0.3, dev: 0.2 });
    const splits = ['train', 'dev', 'test'].map((name) => readPairs(path.join(folder, `task/${name}.jsonl`)));
    expect(splits.flat()).toHaveLength(40);
    for (const { prompt, chosen, id } of splits.flat())
      expect(`${prompt}${chosen}`).toBe(written[Number(id.slice('train-'.length)) - 1]?.chosen);
    const questions = splits.map((pairs) => new Set(pairs.map(({ prompt }) => /Question \d+/.exec(prompt)?.[0])));
    expect(questions.reduce((sum, { size }) => sum + size, 0)).toBe(20);
  });
});
