import { describe, expect, it } from 'vitest';
import { openChatTemplate } from '../../../harness/data/chat/chat-template.ts';
import { conversationOf } from '../../../harness/data/chat/conversation.ts';
import type { Messages } from '../../../harness/data/chat/messages.ts';
import { renderConversation } from '../../../harness/data/chat/render-conversation.ts';
import { encodeRendered } from '../../../harness/data/encode/encode.ts';
import { digestOf, fixture, fixtureTemplate, fixtureTokenizer, templateNames, tokenizerNames } from './chat-fixture.ts';

const tokenizers = tokenizerNames.map((name) => {
  const tokenizer = fixtureTokenizer(name);
  return { encode: (text: string) => tokenizer.encode(text, { specialTokens: false }) };
});

/** Those of the fixture that a response can be cut from. */
const conversations = fixture.conversations.flatMap((messages, index) => {
  const last = messages.at(-1);
  return last?.role === 'assistant' && String(last.content).trim() !== '' && messages.length > 1 ? [index] : [];
});

const conversation = (index: number) =>
  conversationOf({
    prompt: null,
    responses: [{ name: 'messages', said: fixture.conversations[index] as Messages }],
    system: null,
    tools: null,
  });

describe('prompt and response of a rendered conversation', () => {
  it.each(templateNames.filter((name) => name !== 'like-plain'))(
    'have the ids of the whole together, tokenized as for training: %s',
    (name) => {
      const template = fixtureTemplate(name);
      let compared = 0;
      for (const index of conversations) {
        const [whole] = fixture.templates[name]?.[index] ?? [];
        if (whole?.text === undefined) continue;
        const { prompt, responses } = renderConversation(conversation(index), template);
        expect(`${prompt}${responses[0]}`).toBe(whole.text);
        const encoded = tokenizers.map((tokenizer) => encodeRendered(prompt, responses, tokenizer));
        const joined = encoded.map((one) => digestOf([...one.prompt, ...(one.responses[0] ?? [])]));
        expect(joined).toEqual(whole.ids);
        compared += 1;
      }
      expect(compared).toBeGreaterThan(20);
    },
  );

  it('are parted behind the beginning of the turn that is asked for', () => {
    expect(renderConversation(conversation(0), fixtureTemplate('qwen2.5'))).toEqual({
      prompt:
        '<|im_start|>system\nYou are Qwen, created by Alibaba Cloud. You are a helpful assistant.<|im_end|>\n' +
        '<|im_start|>user\nHello<|im_end|>\n<|im_start|>assistant\n',
      responses: ['Hi there.<|im_end|>\n'],
    });
  });

  it('are parted where a finished answer is written otherwise than one that is asked for', () => {
    // The template asks with "<think>" and writes an answer without it.
    expect(renderConversation(conversation(0), fixtureTemplate('deepseek-r1'))).toEqual({
      prompt: '<s><｜User｜>Hello<｜Assistant｜>',
      responses: ['Hi there.<｜end▁of▁sentence｜>'],
    });
  });

  it('are parted before a token that would reach over the place', () => {
    // "assistant\n" and "\n\nThe answer." share a token of line breaks in many tokenizers; here "ab" is one.
    const encode = (text: string): Int32Array =>
      Int32Array.from(text.split(/(ab|.)/su).filter(Boolean), (one) => one.length);
    expect(encodeRendered('xa', ['bc', 'c'], { encode })).toEqual({
      prompt: Int32Array.from([1]),
      responses: [Int32Array.from([2, 1]), Int32Array.from([1, 1])],
    });
  });

  it('end with the end token where the template ends no response, and only there', () => {
    const [plain, chatml] = [fixtureTemplate('like-plain'), fixtureTemplate('like-chatml')];
    expect([plain.missingEnd, chatml.missingEnd]).toEqual(['</s>', null]);
    expect(renderConversation(conversation(0), plain)).toEqual({
      prompt: 'User: Hello\nAssistant: ',
      responses: ['Hi there.\n</s>'],
    });
  });
});

describe('a template', () => {
  const opened = (text: string, config: object = {}) =>
    openChatTemplate({ place: 'chat_template.jinja', texts: { default: text } }, config, '<|end|>');
  const messages: Messages = [
    { role: 'user', content: 'a' },
    { role: 'assistant', content: 'b' },
  ];
  const plain = { generationPrompt: false, tools: null };

  it('knows the tokens of the tokenizer by name', () => {
    const config = { bos_token: '<s>', eos_token: { content: '</s>' }, pad_token: null, add_bos_token: true };
    expect(opened('{{ bos_token }}{{ eos_token }}{{ pad_token }}', config).render(messages, plain)).toBe('<s></s>');
    expect(opened('{{ eos_token }}').render(messages, plain)).toBe('<|end|>');
  });

  it('says why it refuses messages', () => {
    const template = opened("{{ raise_exception('Roles must alternate') }}");
    expect(() => template.render(messages, plain)).toThrow(
      'the chat template refuses the messages: Roles must alternate',
    );
  });

  it('is refused where it cannot be read, with its file', () => {
    expect(() => opened('{% if %}')).toThrow('chat_template.jinja: the chat template cannot be read');
  });

  it('is named with what it uses and cannot be rendered', () => {
    expect(() => opened('{{ messages[0] }}').render(messages, plain)).toThrow(
      'chat_template.jinja: the chat template cannot be rendered: a list or a map is printed as text',
    );
  });

  it('gets contents of parts as one text, unless it reads parts itself', () => {
    const content = ['one ', ' two'].map((text) => ({ type: 'text' as const, text }));
    const parts: Messages = [{ role: 'user', content }];
    expect(fixtureTemplate('like-chatml').render(parts, plain)).toContain('user\none  two<|im_end|>');
    expect(fixtureTemplate('like-gemma').render(parts, plain)).toContain('user\nonetwo<end_of_turn>');
  });

  it('renders tools where it has a place for them', () => {
    const tools = [{ type: 'function', function: { name: 'é<&>', parameters: {} } }];
    const text = fixtureTemplate('qwen2.5').render(messages, { generationPrompt: false, tools });
    expect(text).toContain('<tools>\n{"type": "function", "function": {"name": "é<&>", "parameters": {}}}\n</tools>');
    expect(() => fixtureTemplate('phi-3').render(messages, { generationPrompt: false, tools })).toThrow(
      'tools: the chat template of phi-3.jinja renders none',
    );
  });

  it('of several is chosen by name', () => {
    const texts = { default: 'usual', tool_use: 'tools' };
    const template = openChatTemplate({ place: 'x', texts }, {}, '');
    expect(template.render(messages, plain)).toBe('usual');
    expect(template.render(messages, { generationPrompt: false, tools: [{}] })).toBe('tools');
    const unnamed = openChatTemplate({ place: 'x', texts: { rag: 'r' } }, {}, '');
    expect(() => unnamed.render(messages, plain)).toThrow('x has no template named default; there are rag');
  });
});
