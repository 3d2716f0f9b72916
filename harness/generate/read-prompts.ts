/**
 * Rows of a file -> prompts: `{"prompt": ..., "id": ...}`, the prompt a text, chat messages or a list of token ids;
 * `messages` in its place are chat messages too. Other fields are passed over. Nothing is generated from a file with
 * mistakes in it: all of them are told at once.
 */
import {
  BadRows,
  ChatProblem,
  describeUnclear,
  encodePrompt,
  looksLikeMessages,
  promptOf as chatPromptOf,
  readMessages,
  rowsOrProblems,
  unclearIn,
  writtenNumber,
  type BrokenRow,
  type ChatTemplate,
  type Messages,
  type ReadNames,
  type ReadRow,
  type RowSource,
  type Tokenizer,
} from '../data/index.ts';
import type { TokenIds } from '../data/preference-pair.ts';
import { UserError } from '../spec/index.ts';
import { cut, type WrittenNumber } from '../text/index.ts';

/** A text, chat messages or token ids. */
type Prompt = string | Messages | readonly number[];

export interface PromptRow {
  /** The line in JSONL; the number of the row in a list or in Parquet. */
  readonly place: { readonly unit: ReadRow['unit']; readonly number: number };
  /** As it was written. */
  readonly id: string | number | WrittenNumber | null;
  readonly prompt: Prompt;
  readonly tokens: TokenIds;
}

export interface PromptLimits {
  readonly vocabSize: number;
  readonly contextLength: number;
  /** What messages call it. */
  readonly contextName: string;
  readonly tokenizer: () => Tokenizer;
  /** Null where there is none. */
  readonly chatTemplate: () => ChatTemplate | null;
  /** Whether a text is the turn of a user. */
  readonly chat: boolean;
}

const shape = '{"prompt": "..."}';
const readNames: ReadNames = {
  row: new Set(['id', 'prompt', 'messages', 'system']),
  listed: new Map(),
  handedOn: new Set(['id']),
};

/** @throws UserError: exit 2 with the first 20 bad rows, exit 5 for a file without prompts. */
export async function readPrompts(source: RowSource, limits: PromptLimits): Promise<readonly PromptRow[]> {
  const prompts: PromptRow[] = [];
  const bad = new BadRows(source.name);
  for await (const read of rowsOrProblems(source)) {
    const found = readRow(read, limits);
    if (typeof found === 'string') bad.add(read, [found]);
    else prompts.push(found);
  }
  if (bad.count > 0)
    throw bad.error(
      `${bad.count} of ${bad.count + prompts.length} rows hold no prompt`,
      'Nothing was generated. Correct these rows and run the same command again.',
    );
  if (prompts.length === 0)
    throw new UserError(`${source.name}: no prompts`, { exitCode: 5, hint: `A prompt is one line: ${shape}.` });
  return prompts;
}

/** The prompt of a row, or what is wrong with it. */
function readRow(read: ReadRow | BrokenRow, limits: PromptLimits): PromptRow | string {
  if ('problem' in read) return read.problem;
  const { value, unit, line, row } = read;
  const [unclear] = unclearIn(read, readNames);
  if (unclear !== undefined) return describeUnclear(unclear);
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return `found ${excerpt(value)}; expected ${shape}`;
  const found = promptOf(value as Fields, limits);
  if (typeof found === 'string') return found;
  const place = { unit, number: unit === 'line' ? (line ?? row) : row };
  return { ...found, place, id: writtenNumber(value, 'id') ?? found.id };
}

type Fields = Readonly<Record<string, unknown>>;

function promptOf(
  row: Fields,
  limits: PromptLimits,
): (Omit<PromptRow, 'place' | 'id'> & { readonly id: string | number | null }) | string {
  const { id = null, prompt: written, messages, ...others } = row;
  if (id !== null && typeof id !== 'string' && typeof id !== 'number')
    return `id: found ${excerpt(id)}; expected a text or a number`;
  const prompt = written ?? messages;
  if (prompt === undefined) {
    const found = Object.keys(others).join(', ');
    return `prompt is missing: found ${found === '' ? 'no other field' : `the fields ${found}`}`;
  }
  if (!isPrompt(prompt))
    return `prompt: found ${excerpt(prompt)}; expected a text, chat messages or a list of token ids`;
  const tokens = tokensOf(row, prompt, limits);
  const problem = typeof tokens === 'string' ? tokens : problemOf(tokens, limits);
  return problem ?? { id, prompt, tokens: tokens as TokenIds };
}

/** The token ids, or what is wrong with the messages. */
function tokensOf(row: Fields, prompt: Prompt, limits: PromptLimits): TokenIds | string {
  if (typeof prompt === 'string' && !limits.chat) return encodePrompt(prompt, limits.tokenizer());
  if (typeof prompt !== 'string' && !looksLikeMessages(prompt)) return Int32Array.from(prompt as readonly number[]);
  try {
    return limits.tokenizer().encode(renderedPrompt(row, prompt as string | Messages, limits));
  } catch (error) {
    if (error instanceof ChatProblem) return error.message;
    throw error;
  }
}

function renderedPrompt(
  { system = null, tools = null }: Fields,
  prompt: string | Messages,
  limits: PromptLimits,
): string {
  const template = limits.chatTemplate();
  if (template === null)
    throw new ChatProblem('chat messages, and the tokenizer has no chat template: name one with --chat-template');
  if (system !== null && typeof system !== 'string') throw new ChatProblem('system: expected a text');
  if (tools !== null && !(Array.isArray(tools) && tools.every((tool) => typeof tool === 'object')))
    throw new ChatProblem('tools: expected a list of JSON schemas');
  const messages = typeof prompt === 'string' ? prompt : readMessages(prompt, 'prompt');
  return template.render(chatPromptOf(messages, system), { generationPrompt: true, tools });
}

function isPrompt(value: unknown): value is Prompt {
  return (
    typeof value === 'string' ||
    looksLikeMessages(value) ||
    (Array.isArray(value) && value.every((id) => Number.isInteger(id) && id >= 0))
  );
}

function problemOf(tokens: TokenIds, { vocabSize, contextLength, contextName }: PromptLimits): string | null {
  if (tokens.length === 0) return 'prompt is empty: expected at least one token';
  const unknown = tokens.find((token) => token >= vocabSize);
  if (unknown !== undefined)
    return `prompt: token id ${unknown}: expected ids below ${vocabSize}, the vocabulary of the model`;
  if (tokens.length < contextLength) return null;
  return `prompt is ${tokens.length} tokens; expected fewer than ${contextLength}, ${contextName}`;
}

function excerpt(value: unknown): string {
  return cut(JSON.stringify(value) ?? '', 60);
}
