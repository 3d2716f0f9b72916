/** `harness score` and `harness generate` on chat messages: by the tokenizer's own template, and what is refused. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadHuggingFaceTokenizer } from '../../harness/data/index.ts';
import { templatePath } from '../data/chat/chat-fixture.ts';
import { beginToken, checkpointModels, editJson, endToken, writeCheckpoint } from '../model/tiny-checkpoints.ts';
import { scoreFixture, type ScoreFixture } from '../score/score-fixture.ts';
import { captured, documentOf } from './captured-run.ts';

let fixture: ScoreFixture;
/** Puts a token before every text, and has the template of Llama 2. */
let foreign: string;
beforeAll(async () => {
  fixture = await scoreFixture();
  foreign = await withHead('foreign');
  useTemplate(foreign, 'like-llama2');
});
afterAll(() => fixture[Symbol.dispose]());

const model = checkpointModels.find(({ family }) => family === 'llama');

function withHead(name: string): Promise<string> {
  if (model === undefined) throw new Error('there is no llama');
  return writeCheckpoint(path.join(fixture.folder, name), { model, hasHead: true, begins: true });
}

function useTemplate(folder: string, name: string): void {
  editJson(path.join(folder, 'tokenizer_config.json'), (config) => ({
    ...config,
    chat_template: readFileSync(templatePath(name), 'utf8'),
  }));
}

const user = (content: string): object => ({ role: 'user', content });
const assistant = (content: unknown): object => ({ role: 'assistant', content });

type Row = Readonly<Record<string, unknown>>;

async function scored(folder: string, rows: readonly unknown[], ...flags: string[]): Promise<readonly Row[]> {
  const file = fixture.write('rows.jsonl', rows);
  return documentOf(await captured(['score', folder, file, '--json', ...flags]))['rows'] as readonly Row[];
}

async function refused(folder: string, rows: readonly unknown[], ...flags: string[]): Promise<string> {
  const run = await captured(['score', folder, fixture.write('bad.jsonl', rows), ...flags]);
  expect(run).toMatchObject({ exitCode: 2, stdout: '' });
  return run.stderr;
}

/** Ids of a text as it stands. */
function idsOf(folder: string, text: string): number[] {
  const file = path.join(folder, 'tokenizer.json');
  const tokenizer = loadHuggingFaceTokenizer(file, JSON.parse(readFileSync(file, 'utf8')) as object, {});
  return [...tokenizer.encode(text, { specialTokens: false })];
}

describe('a model from elsewhere', () => {
  it('says that texts are scored as they stand where it has a chat template', async () => {
    const notesOf = async (rows: readonly unknown[], ...flags: string[]): Promise<unknown> =>
      documentOf(await captured(['score', foreign, fixture.write('notes.jsonl', rows), '--json', ...flags]))['notes'];
    const texts = [{ prompt: 'add a', response: ' x = 12' }];
    expect(await notesOf(texts)).toEqual([
      '1 row of texts scored as they stand, without the chat template of the model; --chat makes turns of them',
    ]);
    expect(await notesOf(texts, '--chat')).toEqual([]);
    expect(await notesOf([{ prompt: [user('add a')], response: [assistant('x = 12')] }])).toEqual([]);
  });

  it('gets the text of its chat template, with the begin token once', async () => {
    const text = `${beginToken}[INST] add a [/INST] x = 12 ${endToken}`;
    const [chat, ids, whole, plain] = await scored(foreign, [
      { prompt: [user('add a')], response: [assistant('x = 12')] },
      { response: idsOf(foreign, text) },
      { messages: [user('add a'), assistant('x = 12')] },
      { prompt: 'add a', response: [assistant([{ type: 'text', text: 'x = 12' }])] },
    ]);
    expect(chat?.['reward']).toBe(ids?.['reward']);
    expect([whole?.['reward'], plain?.['reward']]).toEqual([ids?.['reward'], ids?.['reward']]);
  });

  it('takes the template of a file in place of its own, and text as chat where it is told to', async () => {
    const rows = [
      { prompt: 'add a', response: 'x = 12' },
      { response: idsOf(foreign, `<|user|>\nadd a${endToken}\n<|assistant|>\nx = 12${endToken}\n`) },
    ];
    const flags = ['--chat', '--chat-template', templatePath('like-zephyr')];
    const [chat, ids] = await scored(foreign, rows, ...flags);
    expect(chat?.['reward']).toBe(ids?.['reward']);
    const [text] = await scored(foreign, rows.slice(0, 1));
    expect(text?.['reward']).not.toBe(chat?.['reward']);
  });

  it('finds templates that lie in files of their own, before that of the configuration', async () => {
    const folder = await withHead('files');
    useTemplate(folder, 'like-llama2');
    writeFileSync(path.join(folder, 'chat_template.jinja'), readFileSync(templatePath('like-chatml')));
    mkdirSync(path.join(folder, 'additional_chat_templates'));
    writeFileSync(path.join(folder, 'additional_chat_templates/tool_use.jinja'), '{{ tools | tojson }}{{ eos_token }}');
    const [chat, ids, tools, toolIds] = await scored(folder, [
      { messages: [user('a'), assistant('b')] },
      { response: idsOf(folder, '<|im_start|>user\na<|im_end|>\n<|im_start|>assistant\nb<|im_end|>\n') },
      { messages: [user('a'), assistant('b')], tools: [{ name: 'look' }] },
      { response: idsOf(folder, `[{"name": "look"}]${endToken}`) },
    ]);
    expect(chat?.['reward']).toBe(ids?.['reward']);
    expect(tools?.['reward']).toBe(toolIds?.['reward']);
  });

  it('scores the rows that reward models are tested with', async () => {
    const whole = (answer: string): object[] => [user('look up'), assistant(answer)];
    const [ultra, bench, bench2, human] = await scored(
      foreign,
      [
        // UltraFeedback, binarized.
        {
          prompt: 'look up',
          messages: whole('the key'),
          chosen: whole('the key'),
          rejected: whole('a'),
          score_chosen: 8,
        },
        // RewardBench, and RewardBench 2.
        { prompt: 'look up', chosen: 'the key', rejected: 'a', subset: 'chat', id: 3 },
        { prompt: 'look up', chosen: ['the key'], rejected: ['a', 'b', 'c'], num_correct: 1, id: '7' },
        // Anthropic HH.
        { chosen: '\n\nHuman: look up\n\nAssistant: the key', rejected: '\n\nHuman: look up\n\nAssistant: a' },
      ],
      '--chat',
    );
    expect(bench).toEqual({ ...ultra, id: 3, line: 2 });
    expect(human).toEqual({ ...ultra, line: 4 });
    expect(bench2).toMatchObject({ id: '7', line: 3 });
    const rewards = bench2?.['rewards'] as number[] | undefined;
    expect(rewards?.slice(0, 2)).toEqual([ultra?.['rewardChosen'], ultra?.['rewardRejected']]);
    expect(rewards).toHaveLength(4);
  });

  it('refuses a text that begins with the token that its tokenizer puts before every text', async () => {
    const text = `${beginToken}[INST] add a [/INST] x = 12 ${endToken}`;
    const stderr = await refused(foreign, [{ response: 'add a' }, { response: text }]);
    expect(stderr).toContain(
      `bad.jsonl:2: the text begins with ${beginToken}, and the tokenizer puts ${beginToken} before every text: ` +
        'it would stand there twice. Leave it out of the texts, or use --no-special-tokens',
    );
    expect(stderr).not.toContain('bad.jsonl:1:');
    const rows = [{ response: text }, { response: idsOf(foreign, text) }];
    const [plain, ids] = await scored(foreign, rows, '--no-special-tokens');
    expect(plain?.['reward']).toBe(ids?.['reward']);
  });

  it('is told every row that cannot be rendered, with its line', async () => {
    const prompt = [user('a')];
    const stderr = await refused(foreign, [
      { prompt: [user('a'), user('b')], response: [assistant('c')] },
      { prompt: [{ role: 'human', content: 'a' }], response: 'b' },
      { prompt, response: [{ role: 'assistant', content: null, tool_calls: [{ id: 1 }] }] },
      { prompt: [user('a'), assistant('b')], response: 'c' },
      { prompt, chosen: [assistant('')], rejected: [assistant('b')] },
      { prompt, chosen: [], rejected: [assistant('b')] },
      { prompt, response: [1, 2] },
      { prompt, response: [assistant([{ type: 'image', url: 'x' }])] },
      { messages: [user('a')] },
      { messages: [assistant('a')] },
      { messages: [user('a'), assistant('b')], tools: [{ name: 'look' }] },
    ]);
    const told = (line: number): string =>
      stderr.split('\n').find((text) => text.includes(`bad.jsonl:${line}: `)) ?? '';
    expect(told(1)).toContain('the chat template refuses the messages: After an optional system message, user and');
    expect(told(2)).toContain('prompt[0]: role "human"; expected system, user or assistant');
    expect(told(3)).toContain('response[0]: tool_calls: messages that call tools cannot be rendered');
    expect(told(4)).toContain('prompt ends with a turn of the assistant');
    expect(told(5)).toContain('chosen is empty');
    expect(told(6)).toContain('chosen is empty: expected at least one message');
    expect(told(7)).toContain('response: found token ids beside chat messages');
    expect(told(8)).toContain('response[0]: content: found a part of type "image"; expected parts of type text');
    expect(told(9)).toContain('messages ends with a turn of the user');
    expect(told(10)).toContain('prompt is missing');
    expect(told(11)).toContain('tools: the chat template of');
  });

  it('refuses two ways to join prompt and response', async () => {
    const rows = [{ prompt: 'a', response: 'b' }];
    const stderr = await refused(foreign, rows, '--template', '{prompt}{response}', '--chat');
    expect(stderr).toContain('--template and --chat are two ways to join prompt and response');
    expect(await refused(foreign, rows, '--chat-template', 'no.jinja', '--chat')).toContain(
      'no.jinja: the chat template cannot be read',
    );
  });
});

describe('a model of ours', () => {
  const rows = [{ prompt: [user('What is it?')], chosen: [assistant('five')], rejected: [assistant('six')] }];

  it('needs a template from a file, and says so with the line', async () => {
    expect(await refused(fixture.model, rows)).toContain(
      'bad.jsonl:1: these are chat messages, and the tokenizer of the model has no chat template: ' +
        'name one with --chat-template',
    );
  });

  it('gets the end token behind a response that the template does not end', async () => {
    const text = (answer: string): string => `Assistant: ${answer}\n`;
    const flags = ['--chat-template', templatePath('like-plain')];
    const [chat, joined] = await scored(
      fixture.model,
      [...rows, { prompt: 'User: What is it?\n', chosen: text('five'), rejected: text('six') }],
      ...flags,
    );
    expect(chat?.['rewardChosen']).toBe(joined?.['rewardChosen']);
  });

  it('has the prompt of dialogues in one text at their common beginning', async () => {
    const start = '\n\nHuman: What is it?\n\nAssistant:';
    const [dialogue, split] = await scored(fixture.model, [
      { chosen: `${start} five`, rejected: `${start} six` },
      { prompt: start, chosen: ' five', rejected: ' six' },
    ]);
    expect(dialogue).toEqual({ ...split, line: 1 });
  });
});

describe('harness generate', () => {
  const generated = async (rows: readonly unknown[], ...flags: string[]): Promise<readonly Row[]> => {
    const file = fixture.write('prompts.jsonl', rows);
    const run = await captured(['generate', foreign, file, '--max-tokens', '4', '--temperature', '0', ...flags]);
    expect(run).toMatchObject({ exitCode: 0 });
    return run.stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Row);
  };

  it('goes on from messages as the template asks for an answer', async () => {
    const ids = idsOf(foreign, `${beginToken}[INST] add a [/INST]`);
    const [chat, plain, messages] = await generated([
      { prompt: [user('add a')] },
      { prompt: ids },
      { messages: [user('add a')] },
    ]);
    expect(chat?.['tokens']).toEqual(plain?.['tokens']);
    expect(messages?.['tokens']).toEqual(plain?.['tokens']);
    const [text] = await generated([{ prompt: 'add a' }], '--chat');
    expect(text?.['tokens']).toEqual(plain?.['tokens']);
  });

  it('refuses messages that end with an answer, and those without a template', async () => {
    const file = fixture.write('bad.jsonl', [{ prompt: [user('a'), assistant('b')] }, { prompt: [user('a')] }]);
    expect((await captured(['generate', foreign, file])).stderr).toContain(
      'bad.jsonl:1: prompt ends with a turn of the assistant',
    );
    expect((await captured(['generate', fixture.model, file])).stderr).toContain(
      'bad.jsonl:2: chat messages, and the tokenizer has no chat template: name one with --chat-template',
    );
  });
});
