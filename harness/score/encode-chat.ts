/**
 * Rows of chat messages -> token ids, by the model's own chat template. A model from elsewhere gets exactly the ids of
 * `apply_chat_template`. A model of ours gets those that it was trained on: the same, and the end token behind a
 * response that the template does not end, unless its config.json says that there is none.
 */
import {
  ChatProblem,
  conversationOf,
  encodeRendered,
  looksLikeMessages,
  renderConversation,
  renderWhole,
  type ChatSaid,
  type ChatTemplate,
  type Conversation,
} from '../data/index.ts';
import type { Said, ScoreRow } from './parse-row.ts';
import type { ScoredQuestion } from './batches.ts';
import { questionOf } from './sequences.ts';
import type { ChatEncoder, EncodedRow, ForeignEncoder, OwnEncoder, TextEncoder } from './text-encoder.ts';

/** Whether a row is rendered: it has messages, or its texts are turns. */
export function isChat({ prompt, responses }: ScoreRow, { texts }: ChatEncoder): boolean {
  const all = prompt === null ? responses : [prompt, ...responses];
  return all.some(looksLikeMessages) || (texts && all.every((one) => typeof one === 'string'));
}

/** @throws ChatProblem for messages that cannot be rendered. */
export function encodeChat(row: ScoreRow, encoder: TextEncoder): EncodedRow {
  const template = encoder.chat.template();
  if (template === null) throw new ChatProblem(noTemplate);
  const conversation = conversationOf({
    prompt: row.prompt === null ? null : chatSaid(row.prompt, 'prompt'),
    responses: row.responses.map((said, index) => {
      const name = row.names[index] ?? 'response';
      return { name, said: chatSaid(said, name) };
    }),
    system: row.system,
    tools: row.tools,
  });
  return {
    question: encoder.kind === 'own' ? own(conversation, template, encoder) : foreign(conversation, template, encoder),
  };
}

const noTemplate =
  'these are chat messages, and the tokenizer of the model has no chat template: name one with --chat-template';

function chatSaid(said: Said, name: string): ChatSaid {
  if (typeof said === 'string' || said.length === 0 || looksLikeMessages(said)) return said as ChatSaid;
  throw new ChatProblem(`${name}: found token ids beside chat messages`);
}

function own(conversation: Conversation, template: ChatTemplate, { tokenizer }: OwnEncoder): ScoredQuestion {
  const { prompt, responses } = renderConversation(conversation, template);
  return encodeRendered(prompt, responses, tokenizer());
}

function foreign(
  conversation: Conversation,
  template: ChatTemplate,
  { tokenizer, pad }: ForeignEncoder,
): ScoredQuestion {
  const sequences = renderWhole(conversation, template).map((text) =>
    tokenizer().encode(text, { specialTokens: false }),
  );
  return questionOf(sequences, pad);
}
