/** Chat messages in a row: what is taken, and what is refused by its name. */

export type Role = 'system' | 'user' | 'assistant';

export interface TextPart {
  readonly type: 'text';
  readonly text: string;
}

/** Further fields (`name`, `reasoning_content`) go to the template as they are. */
export interface ChatMessage extends Readonly<Record<string, unknown>> {
  readonly role: Role;
  readonly content: string | readonly TextPart[];
}

export type Messages = readonly ChatMessage[];

/** What is wrong with the messages of a row, or what a template says of them. */
export class ChatProblem extends Error {}

const roles: ReadonlySet<unknown> = new Set(['system', 'user', 'assistant'] satisfies Role[]);

/** Whether a value is meant as messages, be they right or wrong. An empty list is a list of anything. */
export function looksLikeMessages(value: unknown): value is readonly unknown[] {
  return Array.isArray(value) && value.length > 0 && value.every((one) => isRecord(one) && isMessageLike(one));
}

function isMessageLike(one: Readonly<Record<string, unknown>>): boolean {
  return 'role' in one || ('from' in one && 'value' in one);
}

/**
 * Fields that are null count as absent.
 *
 * @param name The field of the row, for messages.
 * @throws ChatProblem for a message that cannot be used.
 */
export function readMessages(value: readonly unknown[], name: string): Messages {
  return value.map((one, index) => readMessage(one, `${name}[${index}]`));
}

function readMessage(value: unknown, name: string): ChatMessage {
  if (!isRecord(value)) throw new ChatProblem(`${name}: expected a message with role and content`);
  const message = Object.fromEntries(Object.entries(value).filter(([, one]) => one !== null));
  refuseTools(message, name);
  if (!('role' in message) && 'from' in message)
    throw new ChatProblem(`${name}: found the fields from and value; expected role and content`);
  if (!roles.has(message['role']))
    throw new ChatProblem(`${name}: role ${shown(message['role'])}; expected system, user or assistant`);
  return { ...message, role: message['role'] as Role, content: readContent(message['content'], name) };
}

function refuseTools(message: Readonly<Record<string, unknown>>, name: string): void {
  const calls = ['tool_calls', 'function_call'].find((field) => field in message && !isEmptyList(message[field]));
  if (calls !== undefined) throw new ChatProblem(`${name}: ${calls}: messages that call tools cannot be rendered`);
  const { role } = message;
  if (role === 'tool' || role === 'function' || role === 'ipython')
    throw new ChatProblem(`${name}: role ${shown(role)}: answers of tools cannot be rendered`);
}

function readContent(content: unknown, name: string): ChatMessage['content'] {
  if (typeof content === 'string') return content;
  if (content === undefined) throw new ChatProblem(`${name}: content is missing`);
  if (!Array.isArray(content) || content.length === 0)
    throw new ChatProblem(`${name}: content is ${kindOf(content)}; expected a text or a list of parts of type text`);
  return content.map((part: unknown) => readPart(part, name));
}

function readPart(part: unknown, name: string): TextPart {
  const { type, text } = isRecord(part) ? part : { type: undefined, text: undefined };
  if (type === 'text' && typeof text === 'string') return { type, text };
  const found = type === 'text' ? 'a part of type text without a text' : `a part of type ${shown(type)}`;
  throw new ChatProblem(`${name}: content: found ${found}; expected parts of type text`);
}

/** The text of a message: its parts one after the other. */
export function contentText({ content }: ChatMessage): string {
  return typeof content === 'string' ? content : content.map(({ text }) => text).join('');
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isEmptyList(value: unknown): boolean {
  return Array.isArray(value) && value.length === 0;
}

function shown(value: unknown): string {
  return value === undefined ? 'missing' : (JSON.stringify(value)?.slice(0, 40) ?? typeof value);
}

function kindOf(value: unknown): string {
  return Array.isArray(value) ? 'an empty list' : `${typeof value}`;
}
