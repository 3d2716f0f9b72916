/** `responseEnd: none` on tokens that can be counted by hand: every byte is one token, id = byte + 1. */
import { describe, expect, it } from 'vitest';
import {
  encodePairs,
  encodeQuestions,
  loadTokenizer,
  renderConversation,
  templateWithEnd,
  trainBpe,
  withResponseEnd,
  type ChatTemplate,
} from '../../harness/data/index.ts';
import type { CandidateQuestion, PreferencePair } from '../../harness/data/preference-pair.ts';
import type { OverLength } from '../../harness/spec/index.ts';

const bytes = loadTokenizer(trainBpe([], { vocabSize: 257 }));
const bare = withResponseEnd(bytes, 'none');
const ids = (text: string): Int32Array => Int32Array.from(text, (letter) => letter.charCodeAt(0) + 1);
const endToken = Int32Array.of(0);

const pair = (chosen: string, rejected: string): PreferencePair => ({
  id: 'a',
  group: 'a',
  prompt: 'ab',
  chosen,
  rejected,
  source: 's',
  edits: [],
});
const encoded = (one: PreferencePair, contextLength = 100, overLength: OverLength = 'drop') =>
  encodePairs([one, { ...pair('u', 'v'), id: 'short', prompt: 'a' }], bare, { contextLength, overLength });

describe('a response without an end token', () => {
  it('is its own tokens alone, of a pair and of a question', () => {
    expect(encoded(pair('xyz', 'x')).encoded[0]).toEqual({
      id: 'a',
      prompt: ids('ab'),
      chosen: ids('xyz'),
      rejected: ids('x'),
    });
    const question: CandidateQuestion = {
      id: 'q',
      group: 'q',
      prompt: 'ab',
      candidates: ['x', 'yy'].map((text) => ({ text, answer: null, isCorrect: false, source: 's' })),
    };
    const [row] = encodeQuestions([question], bare, { contextLength: 100, overLength: 'drop' }).encoded;
    expect(row?.candidates).toEqual([ids('x'), ids('yy')]);
  });

  it('is one token shorter: it fits a context of one less', () => {
    expect(encoded(pair('xyz', 'x'), 5).encoded.map(({ id }) => id)).toEqual(['a', 'short']);
    expect(encoded(pair('xyz', 'x'), 4).encoded.map(({ id }) => id)).toEqual(['short']);
  });

  it('is the end token where it has no other, since a reward must be read somewhere', () => {
    expect(encoded(pair('x', '')).encoded[0]?.rejected).toEqual(endToken);
  });

  it('loses its end on the right without more ado, and one token of it is enough', () => {
    expect(encoded(pair('wxyz', 'q'), 5, 'truncate-right').encoded[0]?.chosen).toEqual(ids('wxy'));
    expect(encoded(pair('wxyz', 'q'), 3, 'truncate-right').encoded[0]?.chosen).toEqual(ids('w'));
    const { counts } = encoded(pair('wxyz', 'q'), 2, 'truncate-right');
    expect(counts['pair: no room for its prompt and response']).toBe(1);
  });

  it('leaves what a completion stops at as it was', () => {
    expect(bare.endToken).toBe(bytes.endToken);
    expect(withResponseEnd(bytes, null)).toBe(bytes);
  });
});

describe('a rendered response without an end token', () => {
  const conversation = {
    prompt: [{ role: 'user' as const, content: 'a' }],
    responses: [[{ role: 'assistant' as const, content: 'b' }]],
    tools: null,
  };
  const template = (ending: string, missingEnd: string | null): ChatTemplate => ({
    place: 'here',
    missingEnd,
    render: (messages, { generationPrompt }) =>
      messages.map(({ role, content }) => `[${role}]${String(content)}${ending}`).join('') +
      (generationPrompt ? '[assistant]' : ''),
  });
  const responses = (one: ChatTemplate): readonly string[] =>
    renderConversation(conversation, templateWithEnd(one, 'none')).responses;

  it('gets none where its template writes nothing behind it, and keeps what the template writes', () => {
    expect(renderConversation(conversation, template('', '<|end|>')).responses).toEqual(['b<|end|>']);
    expect(responses(template('', '<|end|>'))).toEqual(['b']);
    expect(responses(template('</s>', null))).toEqual(['b</s>']);
  });
});
