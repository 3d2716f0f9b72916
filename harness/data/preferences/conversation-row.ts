/** Prompt and responses of a row as text: as they stand, split at their common beginning, or rendered as chat. */
import type { ChatTemplate } from '../chat/chat-template.ts';
import { conversationOf, openingOf, type NamedResponse, type Said } from '../chat/conversation.ts';
import { dialogueOpening, isDialogueText, splitDialogues } from '../chat/dialogue-text.ts';
import { looksLikeMessages } from '../chat/messages.ts';
import { renderConversation } from '../chat/render-conversation.ts';
import { isRow, type Row } from './fields.ts';
import type { ChatReading, Question } from './question.ts';
import { asDrop, FileRefusal, RowDrop } from './row-values.ts';

/** A question without what is preferred, and its responses in the order of the row. */
export interface SaidRow {
  readonly asked: Pick<Question, 'prompt' | 'form' | 'opening'>;
  readonly responses: readonly string[];
}

interface SaidInRow {
  readonly row: Row;
  readonly prompt: Said | null;
  readonly responses: readonly NamedResponse[];
}

/** @throws RowDrop for a row that cannot be used, FileRefusal where no row of the file can. */
export function readSaid(said: SaidInRow, chat: ChatReading): SaidRow {
  const { row, prompt, responses } = said;
  const named = [...(prompt === null ? [] : [{ name: 'prompt', said: prompt }]), ...responses];
  const messages = named.find((one) => looksLikeMessages(one.said));
  if (messages !== undefined || chat.texts) return readChat(said, requireTemplate(chat, messages?.name ?? null));
  const texts = responses.map((response) => response.said as string);
  if (prompt !== null) return { asked: { prompt: prompt as string, form: 'text', opening: null }, responses: texts };
  return readDialogues(row, texts);
}

function readChat({ row, prompt, responses }: SaidInRow, template: ChatTemplate): SaidRow {
  return asDrop(() => {
    const conversation = conversationOf({
      prompt: prompt ?? messagesBefore(row),
      responses,
      system: systemOf(row),
      tools: toolsOf(row),
    });
    const rendered = renderConversation(conversation, template);
    return {
      asked: { prompt: rendered.prompt, form: 'chat', opening: openingOf(conversation) },
      responses: rendered.responses,
    };
  });
}

/** @param messages The field that has messages; null where texts are to be rendered. */
function requireTemplate({ template }: ChatReading, messages: string | null): ChatTemplate {
  const opened = template();
  if (opened !== null) return opened;
  const why = messages === null ? 'chatTexts is true' : `${messages} is a list of chat messages (role, content)`;
  throw new FileRefusal(
    `${why}, and the tokenizer has no chat template`,
    'Name a file with one: chatTemplate: chat_template.jinja.',
  );
}

/** Messages beside the responses are the prompt, unless they go on to an answer. */
function messagesBefore(row: Row): Said | null {
  const { messages } = row;
  if (!looksLikeMessages(messages) || (messages.at(-1) as Row)['role'] === 'assistant') return null;
  return messages as Said;
}

function systemOf(row: Row): string | null {
  const system = row['system'] ?? row['system_prompt'] ?? null;
  if (system === null || typeof system === 'string') return system;
  throw new RowDrop('row: system is not text');
}

function toolsOf({ tools = null }: Row): readonly object[] | null {
  if (tools === null || (Array.isArray(tools) && tools.length === 0)) return null;
  if (Array.isArray(tools) && tools.every(isRow)) return tools;
  throw new RowDrop('row: tools is not a list of JSON schemas');
}

/**
 * Without a prompt: dialogues in one text each. Anything else is refused: where the prompt ends would differ from row
 * to row, and rows of one question could no longer be kept in one split.
 */
function readDialogues(row: Row, texts: readonly string[]): SaidRow {
  if (!texts.every(isDialogueText))
    throw new FileRefusal(
      `chosen and rejected have no prompt beside them; the fields are ${Object.keys(row).join(', ')}`,
      'Add a column with the prompt and leave it out of the responses, or name yours in fields: {prompt: ...}.',
    );
  const { prompt, responses } = asDrop(() => splitDialogues(texts));
  if (responses.some((response) => response.trim() === '')) throw new RowDrop('row: chosen or rejected empty');
  return { asked: { prompt, form: 'dialogue', opening: dialogueOpening(prompt) }, responses };
}
