import { describe, expect, it } from 'vitest';
import { ChatProblem } from '../../../harness/data/chat/messages.ts';
import {
  digestOf,
  fixture,
  fixtureTemplate,
  fixtureTokenizer,
  templateNames,
  tokenizerNames,
  type FixtureRow,
} from './chat-fixture.ts';

const tokenizers = tokenizerNames.map(fixtureTokenizer);

/** What the harness makes of it, in the form of the fixture. */
function rendered(template: ReturnType<typeof fixtureTemplate>, index: number, generationPrompt: boolean): FixtureRow {
  const messages = fixture.conversations[index] ?? [];
  let text: string;
  try {
    text = template.render(messages, { generationPrompt, tools: null });
  } catch (error) {
    if (error instanceof ChatProblem) return { error: 'TemplateError' };
    throw error;
  }
  const ids = tokenizers.map((tokenizer) => digestOf(tokenizer.encode(text, { specialTokens: false })));
  return generationPrompt ? { sha256: digestOf(text), ids } : { text, ids };
}

describe('a conversation rendered by a template', () => {
  it.each(templateNames)('has the text and the token ids of apply_chat_template: %s', (name) => {
    const template = fixtureTemplate(name);
    const found = fixture.conversations.map((_, index) => [
      rendered(template, index, false),
      rendered(template, index, true),
    ]);
    expect(found).toEqual(fixture.templates[name]);
  });

  it('is compared for a dozen templates and thirty conversations', () => {
    expect([templateNames.length, fixture.conversations.length]).toEqual([13, 31]);
    expect(Object.keys(fixture.templates).sort()).toEqual(templateNames);
  });
});
