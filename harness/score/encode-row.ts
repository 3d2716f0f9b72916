/**
 * Rows -> token ids: chat messages by the chat template (encode-chat.ts), texts as in the training of the model
 * (encode-text.ts), and what is too long as in training (fit-question.ts).
 */
import { ChatProblem } from '../data/index.ts';
import { encodeChat, isChat } from './encode-chat.ts';
import { encodeTexts, type TextRow } from './encode-text.ts';
import type { ScoreRow } from './parse-row.ts';
import type { ScoredQuestion } from './batches.ts';
import { fitQuestion, type ContextLimit } from './fit-question.ts';
import type { EncodedRow, FittedRow, TextEncoder } from './text-encoder.ts';

interface EncoderLimits extends ContextLimit {
  readonly vocabSize: number;
}

/** The token ids of a row, or why it cannot be scored. */
export function encodeRow(row: ScoreRow, encoder: TextEncoder, limits: EncoderLimits): FittedRow {
  const encoded = encodeAny(row, encoder);
  if ('problems' in encoded) return encoded;
  const problems = problemsOfRow(row, encoded.question, limits);
  if (problems.length > 0) return { problems };
  const { outcome, row: question } = fitQuestion(encoded.question, encoder, limits);
  return question === null ? { leftOut: outcome } : { question, outcome };
}

function problemsOfRow(row: ScoreRow, { prompt, responses }: ScoredQuestion, limits: EncoderLimits): readonly string[] {
  const problems = responses.flatMap((response, index) =>
    problemsOf({ prompt, response, name: responseName(row, index) }, limits),
  );
  return [...new Set(problems)];
}

function encodeAny(row: ScoreRow, encoder: TextEncoder): EncodedRow {
  try {
    return isChat(row, encoder.chat) ? encodeChat(row, encoder) : encodeTexts(row as TextRow, encoder);
  } catch (error) {
    if (error instanceof ChatProblem) return { problems: [error.message] };
    throw error;
  }
}

export function responseName({ names }: ScoreRow, index: number): string {
  return names[index] ?? `response ${index}`;
}

interface NamedResponse {
  readonly name: string;
  readonly prompt: Int32Array;
  readonly response: Int32Array;
}

function problemsOf({ name, prompt, response }: NamedResponse, limits: EncoderLimits): readonly string[] {
  const problems: string[] = [];
  if (response.length === 0) problems.push(`${name} is empty: expected at least one token`);
  const unknown = firstUnknown([prompt, response], limits);
  if (unknown !== undefined) problems.push(`${name}: ${unknownToken(unknown, limits)}`);
  const length = prompt.length + response.length;
  if (length > limits.contextLength && limits.overLength === 'refuse')
    problems.push(`${name}: ${tooLong(length, limits)}`);
  return problems;
}

function firstUnknown(segments: readonly Int32Array[], { vocabSize }: EncoderLimits): number | undefined {
  for (const tokens of segments) {
    const unknown = tokens.find((id) => id >= vocabSize);
    if (unknown !== undefined) return unknown;
  }
  return undefined;
}

function unknownToken(id: number, { vocabSize }: EncoderLimits): string {
  return `token id ${id}: expected ids below ${vocabSize}, the vocabulary of the model`;
}

/** What `contextLength` is, in messages: the attention of a model may well reach less far. */
export const longestInput = 'the longest input of the model';

function tooLong(length: number, { contextLength }: EncoderLimits): string {
  return `prompt and response are ${length} tokens; expected at most ${contextLength}, ${longestInput}`;
}
