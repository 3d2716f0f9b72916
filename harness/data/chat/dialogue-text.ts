/**
 * Dialogues as one text, in the form of Anthropic's HH-RLHF: `\n\nHuman: ...\n\nAssistant: ...`. Chosen and rejected
 * hold their prompt as a common beginning.
 */
import { ChatProblem, type ChatMessage, type Messages } from './messages.ts';

const human = '\n\nHuman:';
const assistant = '\n\nAssistant:';

export function isDialogueText(text: string): boolean {
  return text.startsWith(human);
}

/**
 * The prompt ends with the last `\n\nAssistant:` that all texts share; what stands behind it is the response, the blank
 * included, so that prompt and response together are the text as it was.
 *
 * @throws ChatProblem where they share none.
 */
export function splitDialogues(texts: readonly string[]): {
  readonly prompt: string;
  readonly responses: readonly string[];
} {
  const common = commonStart(texts);
  const at = common.lastIndexOf(assistant);
  if (at === -1) throw new ChatProblem('chosen and rejected share no beginning up to "\\n\\nAssistant:"');
  const end = at + assistant.length;
  return { prompt: common.slice(0, end), responses: texts.map((text) => text.slice(end)) };
}

/** The turns of a dialogue as messages, without the white space around each. */
export function dialogueMessages(text: string): Messages {
  const parts = text.split(/\n\n(Human|Assistant):/u).slice(1);
  const messages: ChatMessage[] = [];
  for (let index = 0; index < parts.length; index += 2)
    messages.push({
      role: parts[index] === 'Human' ? 'user' : 'assistant',
      content: (parts[index + 1] as string).trim(),
    });
  return messages;
}

/** What the first person says: rows with an equal opening may be continuations of one another. */
export function dialogueOpening(text: string): string {
  return (dialogueMessages(text)[0] as ChatMessage).content as string;
}

/** The longest common beginning that ends between two characters. */
export function commonStart(texts: readonly string[]): string {
  const [first = '', ...others] = texts;
  let length = first.length;
  for (const text of others) {
    let same = 0;
    while (same < length && text[same] === first[same]) same += 1;
    length = same;
  }
  return first.slice(0, isHalfPair(first, length) ? length - 1 : length);
}

function isHalfPair(text: string, at: number): boolean {
  return /[\ud800-\udbff]/.test(text[at - 1] ?? '') && /[\udc00-\udfff]/.test(text[at] ?? '');
}
