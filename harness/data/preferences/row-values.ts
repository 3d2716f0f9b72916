/** What is said in a row, and what is wrong with it. */
import { ChatProblem, looksLikeMessages, readMessages } from '../chat/messages.ts';
import type { NamedResponse, Said } from '../chat/conversation.ts';

/** A row that cannot be used; the message is the reason it is counted under. */
export class RowDrop extends Error {}

/** Something that no row of a file can have: the whole file is refused. */
export class FileRefusal extends Error {
  readonly hint: string;

  constructor(message: string, hint: string) {
    super(message);
    this.hint = hint;
  }
}

/** @throws RowDrop for anything but text with something in it, and messages. */
export function saidOf(value: unknown, what: string): Said {
  if (value === null || value === undefined) throw new RowDrop(`row: ${what} missing`);
  if (looksLikeMessages(value)) return asDrop(() => readMessages(value, what));
  if (typeof value !== 'string') throw new RowDrop(`row: ${what} is not text`);
  if (value.trim() === '') throw new RowDrop(`row: ${what} empty`);
  return value;
}

/** One response, or a list of them. */
export function responsesOf(value: unknown, name: string): readonly NamedResponse[] {
  const isList = Array.isArray(value) && !looksLikeMessages(value);
  const all: readonly unknown[] = isList ? value : [value];
  if (all.length === 0) throw new RowDrop(`row: ${name} empty`);
  return all.map((one) => ({ name, said: saidOf(one, name) }));
}

/** What is wrong with a conversation, without the number of the message: rows are counted by reason. */
export function asDrop<Result>(read: () => Result): Result {
  try {
    return read();
  } catch (error) {
    if (error instanceof ChatProblem) throw new RowDrop(`row: ${error.message.replaceAll(/\[\d+\]/g, '')}`);
    throw error;
  }
}
