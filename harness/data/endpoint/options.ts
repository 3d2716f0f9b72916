/** What a client of an OpenAI-compatible server is told and gives back, and the check of it before the start. */
import { UserError } from '../../spec/user-error.ts';

/** A server, a model on it, how to sample, and what may be spent. Durations in seconds, lengths in tokens. */
export interface EndpointOptions {
  /** `http(s)://host:port/v1`, without a query and without a password. */
  readonly baseUrl: string;
  readonly model: string;
  /** `/chat/completions` or `/completions`. */
  readonly api: 'chat' | 'completions';
  /** The system message; `chat` only. */
  readonly system: string | null;
  readonly temperature: number;
  readonly topP: number;
  readonly maxTokens: number;
  /** Every request is sent a seed of its own, drawn from this one and the request's key. */
  readonly seed: number;
  /** The text ends before the first of these. */
  readonly stop: readonly string[];
  /** Requests in flight at a time. */
  readonly concurrency: number;
  /** From sending a request to the last byte of its answer. */
  readonly timeoutSeconds: number;
  /** Of one request, the first included. */
  readonly maxAttempts: number;
  /** Name of the environment variable that holds the key; null = the server asks for none. */
  readonly keyVariable: string | null;
  /** `money` in the currency of `price`; null = no limit. */
  readonly budget: { readonly tokens: number | null; readonly money: number | null };
  readonly price: { readonly perMillionPromptTokens: number; readonly perMillionCompletionTokens: number } | null;
}

/** One request. */
export interface Asked {
  /** A stable id: the same key and prompt are one completion. Samples of one prompt differ in their key. */
  readonly key: string;
  readonly prompt: string;
}

/** One answer. Tokens are the server's count, or characters / 4 where it reports none. */
export interface Completion {
  readonly key: string;
  readonly text: string;
  /** `length`: cut off at `maxTokens`. */
  readonly finish: 'end' | 'length';
  readonly promptTokens: number;
  readonly completionTokens: number;
}

/** What was asked and spent so far, over the requests of one `askEndpoint`. */
export interface EndpointCounts {
  /** Requests sent by this call, repeated ones included. */
  readonly sent: number;
  /** Completions that stood in the ledger already. */
  readonly fromLedger: number;
  /** Attempts that failed and were repeated, by reason. */
  readonly retries: Readonly<Record<string, number>>;
  /** Of all completions, those from the ledger included. */
  readonly promptTokens: number;
  readonly completionTokens: number;
  /** Completions whose tokens are estimates, because the server reports none. */
  readonly estimated: number;
  /** Price of these tokens; null without a price. */
  readonly money: number | null;
  /**
   * Requests that were sent again although an earlier one may have been answered and paid for: the process was killed,
   * the connection broke, or the answer could not be used.
   */
  readonly possiblyBoughtTwice: number;
  /** What the budget counts: the tokens above, and the most that each such earlier request can have cost. */
  readonly spentAtMost: { readonly tokens: number; readonly money: number | null };
}

export interface EndpointIo {
  /** The ledger lies in `<cacheFolder>/completions/<identity>/`. */
  readonly cacheFolder: string;
  /** One line for people. */
  note(text: string): void;
  /** Aborted: gives up requests in flight, keeps what has arrived, and throws the signal's reason. */
  readonly signal?: AbortSignal;
}

/** The base URL without a slash at its end. @throws UserError (2) for options that contradict each other. */
export function checkedBaseUrl(options: EndpointOptions): string {
  if (options.budget.money !== null && options.price === null)
    throw usage('budget.money is set but price is not', 'Give the price per million tokens, or a budget in tokens.');
  if (options.api === 'completions' && options.system !== null)
    throw usage('a system message needs `api: chat`', 'Put it into the prompt, or ask the chat endpoint.');
  const url = parsedUrl(options.baseUrl);
  // What stands in the address is recorded and printed.
  if (url.username !== '' || url.password !== '' || url.search !== '')
    throw usage(
      `the base URL of ${url.host} holds a password or a query`,
      'Leave it out: a key is read from the environment variable that keyVariable names.',
    );
  return url.href.replace(/\/+$/, '');
}

function parsedUrl(baseUrl: string): URL {
  const url = URL.canParse(baseUrl) ? new URL(baseUrl) : null;
  if (url?.protocol === 'http:' || url?.protocol === 'https:') return url;
  throw usage(`not the address of a server: ${baseUrl}`, 'Write it as http://host:port/v1.');
}

/** The key from the environment; null where none is asked for. @throws UserError (2) where it cannot be used. */
export function readKey({ keyVariable }: EndpointOptions): string | null {
  if (keyVariable === null) return null;
  const key = process.env[keyVariable]?.trim() ?? '';
  if (/^[!-~]+$/.test(key)) return key;
  const problem = key === '' ? 'is not set' : 'holds characters that a header cannot carry';
  throw usage(`the key of the server is read from ${keyVariable}, which ${problem}`, `Set ${keyVariable} to the key.`);
}

function usage(message: string, hint: string): UserError {
  return new UserError(`endpoint: ${message}`, { exitCode: 2, hint });
}
