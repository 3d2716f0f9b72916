import { describe, expect, it } from 'vitest';
import { conversationOf, promptOf, type Said } from '../../../harness/data/chat/conversation.ts';
import { dialogueMessages, splitDialogues } from '../../../harness/data/chat/dialogue-text.ts';
import { readMessages, type ChatMessage } from '../../../harness/data/chat/messages.ts';

const user = (content: string): ChatMessage => ({ role: 'user', content });
const assistant = (content: string): ChatMessage => ({ role: 'assistant', content });
const system = (content: string): ChatMessage => ({ role: 'system', content });

const pair = (prompt: Said | null, chosen: Said, rejected: Said, beside: string | null = null) =>
  conversationOf({
    prompt,
    responses: [
      { name: 'chosen', said: chosen },
      { name: 'rejected', said: rejected },
    ],
    system: beside,
    tools: null,
  });

describe('a row with its prompt', () => {
  it('has messages for prompt and responses', () => {
    const prompt = [system('Be kind.'), user('Hi')];
    expect(pair(prompt, [assistant('Hello')], [assistant('No')])).toEqual({
      prompt,
      responses: [[assistant('Hello')], [assistant('No')]],
      tools: null,
    });
  });

  it('may have texts in some of its fields: the user says the prompt, the assistant the response', () => {
    const expected = { prompt: [user('Hi')], responses: [[assistant('Hello')], [assistant('No')]] };
    expect(pair('Hi', [assistant('Hello')], [assistant('No')])).toMatchObject(expected);
    expect(pair([user('Hi')], 'Hello', 'No')).toMatchObject(expected);
    expect(pair('Hi', 'Hello', 'No')).toMatchObject(expected);
  });

  it('may have a system message beside it', () => {
    expect(pair('Hi', 'Hello', 'No', 'Be kind.').prompt).toEqual([system('Be kind.'), user('Hi')]);
    expect(pair([system('Be kind.'), user('Hi')], 'Hello', 'No', 'Be kind.').prompt).toHaveLength(2);
    expect(() => pair([system('Be rude.'), user('Hi')], 'Hello', 'No', 'Be kind.')).toThrow('beside a system message');
  });
});

describe('a row of whole conversations', () => {
  it('has its prompt as their common beginning', () => {
    const common = [user('1'), assistant('2'), user('3')];
    expect(pair(null, [...common, assistant('4')], [...common, assistant('5')])).toMatchObject({
      prompt: common,
      responses: [[assistant('4')], [assistant('5')]],
    });
  });

  it('is cut before a turn of the assistant where users go on differently', () => {
    const start = [user('1'), assistant('2')];
    expect(pair(null, [...start, user('3'), assistant('4')], [...start, user('x'), assistant('5')])).toMatchObject({
      prompt: [user('1')],
      responses: [
        [assistant('2'), user('3'), assistant('4')],
        [assistant('2'), user('x'), assistant('5')],
      ],
    });
  });

  it('keeps the last turn as the response where both are equal, or one goes on', () => {
    const short = [user('1'), assistant('2')];
    expect(pair(null, short, short)).toMatchObject({
      prompt: [user('1')],
      responses: [[assistant('2')], [assistant('2')]],
    });
    const long = [...short, user('3'), assistant('4')];
    expect(pair(null, short, long)).toMatchObject({
      prompt: [user('1')],
      responses: [[assistant('2')], long.slice(1)],
    });
  });

  it('may have its prompt beside it, as in UltraFeedback', () => {
    const [chosen, rejected] = [[user('Hi'), assistant('a')] as const, [user('Hi'), assistant('b')] as const];
    expect(pair('Hi', chosen, rejected).prompt).toEqual([user('Hi')]);
    expect(pair([user('Hi')], chosen, rejected).prompt).toEqual([user('Hi')]);
    expect(() => pair('Bye', chosen, rejected)).toThrow('prompt is not in the conversations');
  });

  it('may begin with a turn of the assistant', () => {
    const start = [assistant('Welcome.'), user('Hi')];
    expect(pair(null, [...start, assistant('a')], [...start, assistant('b')]).prompt).toEqual(start);
  });
});

describe('a row is refused', () => {
  it.each<[string, Said | null, Said]>([
    ['prompt ends with a turn of the assistant', [user('a'), assistant('b')], 'c'],
    ['chosen ends with a turn of the user', 'a', [assistant('b'), user('c')]],
    ['chosen is empty', 'a', [assistant(' \n')]],
    ['chosen is empty: expected at least one message', 'a', []],
    ['prompt is missing', null, [assistant('b')]],
    ['prompt is missing', [], 'b'],
    ['chosen and rejected share no beginning', null, [user('b'), assistant('c')]],
    ['chosen is a whole conversation, and others are a turn', 'a', [user('a'), assistant('c')]],
  ])('%s', (problem, prompt, chosen) => {
    const rejected = prompt === null ? [user('a'), assistant('r')] : 'r';
    expect(() => pair(prompt, chosen, rejected)).toThrow(problem);
  });

  it.each([
    ['m[0]: role "human"; expected system, user or assistant', [{ role: 'human', content: 'a' }]],
    ['m[1]: role "tool": answers of tools', [user('a'), { role: 'tool', content: 'a' }]],
    ['m[0]: tool_calls: messages that call tools', [{ role: 'assistant', content: '', tool_calls: [{}] }]],
    ['m[0]: found the fields from and value', [{ from: 'human', value: 'a' }]],
    ['m[0]: content is missing', [{ role: 'user', content: null }]],
    ['m[0]: content is number', [{ role: 'user', content: 5 }]],
    ['found a part of type "image"', [{ role: 'user', content: [{ type: 'image' }] }]],
  ])('%s', (problem, messages) => {
    expect(() => readMessages(messages, 'm')).toThrow(problem);
  });

  it('but not for fields that are null, as Parquet has them', () => {
    expect(readMessages([{ role: 'user', content: 'a', tool_calls: null, name: null }], 'm')).toEqual([user('a')]);
  });
});

describe('a dialogue in one text', () => {
  const start = '\n\nHuman: What is 1?\n\nAssistant: One.\n\nHuman: And 2?\n\nAssistant:';

  it('has its prompt up to the last turn of the assistant that both share', () => {
    expect(splitDialogues([`${start} Two.`, `${start} Three.`])).toEqual({
      prompt: start,
      responses: [' Two.', ' Three.'],
    });
  });

  it('is not cut inside what the assistants both begin with', () => {
    expect(splitDialogues([`${start} It is two.`, `${start} It is three.`]).responses).toEqual([
      ' It is two.',
      ' It is three.',
    ]);
  });

  it('is cut at an earlier turn where the conversations part before', () => {
    const other = '\n\nHuman: What is 1?\n\nAssistant: 1!\n\nHuman: And 2?\n\nAssistant: 2!';
    expect(splitDialogues([`${start} Two.`, other]).prompt).toBe('\n\nHuman: What is 1?\n\nAssistant:');
    expect(() => splitDialogues(['\n\nHuman: a\n\nAssistant: b', '\n\nHuman: c\n\nAssistant: d'])).toThrow('share no');
  });

  it('becomes messages where it is to be rendered', () => {
    expect(dialogueMessages(`${start} Two.`)).toEqual([
      user('What is 1?'),
      assistant('One.'),
      user('And 2?'),
      assistant('Two.'),
    ]);
    expect(promptOf(start, null)).toEqual([user('What is 1?'), assistant('One.'), user('And 2?')]);
    expect(pair(null, `${start} Two.`, `${start} Three.`).responses).toEqual([
      [assistant('Two.')],
      [assistant('Three.')],
    ]);
  });
});
