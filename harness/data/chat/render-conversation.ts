/**
 * Which part of a rendered conversation is the prompt. The prompt is rendered with the beginning of an assistant's turn
 * at its end; a response is what the whole conversation has beyond it. Some templates write an answer that is finished
 * otherwise than one that is asked for (`<think>` and the like): the prompt then ends where they begin to differ.
 * Prompt and response together are the rendering of the whole in any case.
 */
import type { ChatTemplate } from './chat-template.ts';
import type { Conversation } from './conversation.ts';
import { commonStart } from './dialogue-text.ts';
import { ChatProblem, type Messages } from './messages.ts';

export interface Rendered {
  readonly prompt: string;
  readonly responses: readonly string[];
}

/**
 * For training, and for models that were trained here. Where the template ends no response, the end token does, if
 * one is to stand there.
 *
 * @throws ChatProblem as the template does, and where nothing is left for the prompt.
 */
export function renderConversation(conversation: Conversation, template: ChatTemplate): Rendered {
  const { tools } = conversation;
  const asked = template.render(conversation.prompt, { generationPrompt: true, tools });
  const whole = renderWhole(conversation, template);
  const prompt = commonStart([asked, ...whole]);
  if (prompt === '')
    throw new ChatProblem('the chat template gives the prompt and the conversation no common beginning');
  const end = template.missingEnd ?? '';
  return { prompt, responses: whole.map((text) => `${text.slice(prompt.length)}${end}`) };
}

/** Each response behind the prompt, exactly as `apply_chat_template` gives it. */
export function renderWhole({ prompt, responses, tools }: Conversation, template: ChatTemplate): readonly string[] {
  return responses.map((response: Messages) =>
    template.render([...prompt, ...response], { generationPrompt: false, tools }),
  );
}
