/** Reads a completion out of the body of an answer. */
import type { Completion, EndpointOptions } from './options.ts';
import type { Request } from './request.ts';

/** `estimated`: the server reported no usage, and the tokens are characters / 4. */
export type ReadCompletion = Completion & { readonly estimated: boolean };

/** Or why the answer of a server with status 200 cannot be used. */
export type Unusable = 'malformed' | 'empty';

export function readAnswer(body: string, request: Request, options: EndpointOptions): ReadCompletion | Unusable {
  const answer = parsed(body);
  const choices = answer?.['choices'];
  if (!Array.isArray(choices)) return 'malformed';
  if (choices.length === 0) return 'empty';
  const choice = record(choices[0]);
  const text = textOf(choice, options.api);
  if (choice === null || text === null) return 'malformed';
  const finish = choice['finish_reason'] === 'length' ? 'length' : 'end';
  return completion(text, finish, { usage: record(answer?.['usage']), request, stop: options.stop });
}

interface Parts {
  readonly usage: Readonly<Record<string, unknown>> | null;
  readonly request: Request;
  readonly stop: readonly string[];
}

function completion(whole: string, finish: 'end' | 'length', { usage, request, stop }: Parts): ReadCompletion {
  const text = beforeStop(whole, stop);
  const promptTokens = count(usage?.['prompt_tokens']);
  const completionTokens = count(usage?.['completion_tokens']);
  return {
    key: request.key,
    text,
    // A text that ends where it was told to stop is whole.
    finish: text.length < whole.length ? 'end' : finish,
    promptTokens: promptTokens ?? estimatedTokens(request.prompt),
    completionTokens: completionTokens ?? estimatedTokens(whole),
    estimated: promptTokens === null || completionTokens === null,
  };
}

/** Null where the choice has no text. A chat model may answer with nothing but reasoning or a tool call. */
function textOf(choice: Readonly<Record<string, unknown>> | null, api: EndpointOptions['api']): string | null {
  if (choice === null) return null;
  if (api === 'completions') return string(choice['text']);
  const message = record(choice['message']);
  if (message === null) return null;
  const isDone = typeof choice['finish_reason'] === 'string';
  return string(message['content']) ?? (isDone && (message['content'] ?? null) === null ? '' : null);
}

/** Some servers leave the stop string at the end of the text. */
function beforeStop(text: string, stop: readonly string[]): string {
  const ends = stop.map((word) => text.indexOf(word)).filter((at) => at >= 0);
  return text.slice(0, Math.min(text.length, ...ends));
}

export const estimatedTokens = (text: string): number => Math.ceil(text.length / 4);

function parsed(body: string): Readonly<Record<string, unknown>> | null {
  try {
    return record(JSON.parse(body));
  } catch {
    return null;
  }
}

function record(value: unknown): Readonly<Record<string, unknown>> | null {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : null;
}

const string = (value: unknown): string | null => (typeof value === 'string' ? value : null);
const count = (value: unknown): number | null => (Number.isSafeInteger(value) ? (value as number) : null);
