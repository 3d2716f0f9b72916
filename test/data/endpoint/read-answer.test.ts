import { describe, expect, it } from 'vitest';
import { readAnswer } from '../../../harness/data/endpoint/read-answer.ts';
import { requestOf } from '../../../harness/data/endpoint/request.ts';
import { usualOptions } from './ask.ts';

const request = requestOf({ key: 'k', prompt: 'p' }, usualOptions);
const read = (answer: unknown, options = {}): unknown =>
  readAnswer(JSON.stringify(answer), request, { ...usualOptions, ...options });
const chat = (message: unknown, finish: string | null = 'stop'): object => ({
  choices: [{ message, finish_reason: finish }],
  usage: { prompt_tokens: 1, completion_tokens: 2 },
});

describe('an answer', () => {
  it('is cut off at its length only where the server says so', () => {
    expect(read(chat({ content: 'a' }, 'length'))).toMatchObject({ text: 'a', finish: 'length', estimated: false });
    for (const finish of ['stop', 'eos', 'content_filter', null])
      expect(read(chat({ content: 'a' }, finish))).toMatchObject({ finish: 'end' });
  });

  it('is whole where it reached a stop string, whatever the server says', () => {
    expect(read(chat({ content: 'ab\n\ncd' }, 'length'), { stop: ['zz', '\n\n'] })).toMatchObject({
      text: 'ab',
      finish: 'end',
    });
  });

  it('may be empty: a reasoning model that used up its tokens has no content', () => {
    expect(read(chat({ content: null, reasoning_content: 'hm' }, 'length'))).toMatchObject({
      text: '',
      finish: 'length',
    });
    expect(read(chat({ content: '' }))).toMatchObject({ text: '' });
  });

  it.each([
    ['an error with status 200', { error: { message: 'overloaded' } }],
    ['no object', 7],
    ['a choice that is none', { choices: [null] }],
    ['no message', { choices: [{ text: 'of the other endpoint', finish_reason: 'stop' }] }],
    ['a message that has not ended', chat({ content: null }, null)],
    ['content of another type', chat({ content: [{ type: 'text', text: 'a' }] })],
  ])('is malformed: %s', (_, answer) => {
    expect(read(answer)).toBe('malformed');
  });

  it('without a text is malformed for the completions endpoint too', () => {
    expect(read({ choices: [{ text: null }] }, { api: 'completions' })).toBe('malformed');
    expect(read({ choices: [] }, { api: 'completions' })).toBe('empty');
  });

  it('has estimated tokens where one of the counts is missing', () => {
    const { choices } = chat({ content: '12345' }) as { readonly choices: unknown };
    const half = { choices, usage: { prompt_tokens: 9 } };
    expect(read(half)).toMatchObject({ promptTokens: 9, completionTokens: 2, estimated: true });
  });
});
