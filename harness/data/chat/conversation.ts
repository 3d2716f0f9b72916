/**
 * A row as one prompt of messages and the messages of each response. Three forms are read: responses that begin with an
 * assistant's turn; responses that are whole conversations, whose common beginning is the prompt; and, where the row is
 * to be read as chat, texts: the prompt is a user's turn, a response an assistant's.
 */
import { dialogueMessages, isDialogueText } from './dialogue-text.ts';
import { ChatProblem, contentText, type ChatMessage, type Messages } from './messages.ts';

/** A text, or messages. */
export type Said = string | Messages;

export interface NamedResponse {
  /** The field of the row, for messages. */
  readonly name: string;
  readonly said: Said;
}

export interface ConversationRow {
  readonly prompt: Said | null;
  readonly responses: readonly NamedResponse[];
  /** Put before the first message; null = none. */
  readonly system: string | null;
  /** JSON schemas that the template may render; null = none. */
  readonly tools: readonly object[] | null;
}

export interface Conversation {
  /** Ends with a turn that is not the assistant's. */
  readonly prompt: Messages;
  /** Each begins and ends with an assistant's turn. */
  readonly responses: readonly Messages[];
  readonly tools: readonly object[] | null;
}

/** @throws ChatProblem for a row that is none. */
export function conversationOf({ prompt, responses, system, tools }: ConversationRow): Conversation {
  const beside = prompt === null ? null : promptMessages(prompt);
  const messages = responses.map(({ name, said }) => ({ name, messages: responseMessages(said, name) }));
  for (const one of messages) checkEnd(one);
  const whole = messages.filter((one) => prompt === null || one.messages[0]?.role !== 'assistant');
  if (whole.length > 0 && whole.length < messages.length)
    throw new ChatProblem(`${whole[0]?.name} is a whole conversation, and others are a turn of the assistant`);
  const split = whole.length > 0 ? splitWhole(messages, prompt, beside) : { prompt: beside ?? [], responses: messages };
  return {
    prompt: checkedPrompt(withSystem(split.prompt, system)),
    responses: split.responses.map((one) => one.messages),
    tools,
  };
}

/** For a model that is to go on: a prompt alone. @throws ChatProblem as `conversationOf`. */
export function promptOf(prompt: Said, system: string | null): Messages {
  return checkedPrompt(withSystem(promptMessages(prompt), system));
}

/** What the first user says: rows with an equal opening may be continuations of one another. */
export function openingOf({ prompt }: Pick<Conversation, 'prompt'>): string {
  const first = prompt.find(({ role }) => role === 'user') ?? (prompt[0] as ChatMessage);
  return contentText(first);
}

function promptMessages(prompt: Said): Messages {
  if (typeof prompt !== 'string') return prompt;
  if (!isDialogueText(prompt)) return [{ role: 'user', content: prompt }];
  const turns = dialogueMessages(prompt);
  // "... Assistant:" asks for the turn that the response is.
  return turns.at(-1)?.content === '' ? turns.slice(0, -1) : turns;
}

function responseMessages(said: Said, name: string): Messages {
  if (typeof said === 'string')
    return isDialogueText(said) ? dialogueMessages(said) : [{ role: 'assistant', content: said }];
  if (said.length === 0) throw new ChatProblem(`${name} is empty: expected at least one message`);
  return said;
}

interface Named {
  readonly name: string;
  readonly messages: Messages;
}

function checkEnd({ name, messages }: Named): void {
  const last = messages.at(-1) as ChatMessage;
  if (last.role !== 'assistant') throw new ChatProblem(`${name} ends with a turn of the ${last.role}`);
  if (contentText(last).trim() === '') throw new ChatProblem(`${name} is empty`);
}

/** A prompt that is given as well must be in the conversations: as their beginning, or as a user's turn of it. */
function splitWhole(
  whole: readonly Named[],
  given: Said | null,
  messages: Messages | null,
): { readonly prompt: Messages; readonly responses: readonly Named[] } {
  const length = commonTurns(whole);
  const prompt = whole[0]?.messages.slice(0, length) ?? [];
  if (messages !== null && !isWithin(given, messages, prompt))
    throw new ChatProblem('prompt is not in the conversations that chosen and rejected are');
  return { prompt, responses: whole.map((one) => ({ ...one, messages: one.messages.slice(length) })) };
}

function isWithin(given: Said | null, messages: Messages, prompt: Messages): boolean {
  if (typeof given !== 'string' || isDialogueText(given))
    return messages.length <= prompt.length && messages.every((one, index) => isSame(one, prompt[index]));
  return prompt.some((one) => one.role === 'user' && contentText(one).trim() === given.trim());
}

/** Turns that all have at their beginning, up to one that an assistant's follows in each. */
function commonTurns(whole: readonly Named[]): number {
  const [first, ...others] = whole.map(({ messages }) => messages);
  if (first === undefined) return 0;
  let length = Math.min(...whole.map(({ messages }) => messages.length - 1));
  for (const other of others) {
    let same = 0;
    while (same < length && isSame(first[same], other[same])) same += 1;
    length = same;
  }
  const isCut = (at: number): boolean =>
    first[at - 1]?.role !== 'assistant' && whole.every(({ messages }) => messages[at]?.role === 'assistant');
  while (length > 0 && !isCut(length)) length -= 1;
  if (length === 0 && whole.some(({ messages }) => messages.length === 1)) throw missingPrompt();
  if (length === 0) throw new ChatProblem('chosen and rejected share no beginning that an assistant answers');
  return length;
}

function missingPrompt(): ChatProblem {
  return new ChatProblem('prompt is missing: there is nothing that the assistant answers');
}

function isSame(one: ChatMessage | undefined, other: ChatMessage | undefined): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

function withSystem(prompt: Messages, system: string | null): Messages {
  if (system === null || system === '') return prompt;
  const [first] = prompt;
  if (first?.role !== 'system') return [{ role: 'system', content: system }, ...prompt];
  if (contentText(first) === system) return prompt;
  throw new ChatProblem('found a system field beside a system message of other content');
}

function checkedPrompt(prompt: Messages): Messages {
  if (prompt.length === 0) throw missingPrompt();
  if (prompt.at(-1)?.role === 'assistant')
    throw new ChatProblem(
      'prompt ends with a turn of the assistant: a response cannot go on with a turn that is begun',
    );
  return prompt;
}
