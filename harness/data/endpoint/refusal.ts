/** Messages for what the user can do something about. */
import { didYouMean, UserError } from '../../spec/index.ts';
import type { Received } from './exchange.ts';
import type { EndpointOptions } from './options.ts';

/** Where a request went. */
export interface Target {
  readonly baseUrl: string;
  readonly url: string;
  readonly options: EndpointOptions;
}

/** The server refused the request itself. `models`: what it has; null = it does not say. */
export function refusal(target: Target, received: Received, key: string, models: readonly string[] | null): UserError {
  const { url, options } = target;
  const said = serverMessage(received.body);
  const message = `${url} answered ${received.status} for model ${options.model}, request ${key}${said}`;
  return new UserError(message, { exitCode: 2, hint: hintFor(target, received.status, models) });
}

function hintFor({ baseUrl, options }: Target, status: number, models: readonly string[] | null): string {
  if (status === 401 || status === 403) return keyHint(options);
  if (status >= 300 && status < 400) return 'Give the address that it redirects to as the base URL.';
  if (models !== null && !models.includes(options.model)) return modelHint(options.model, models);
  if (status !== 404) return 'Change what it complains about; the same command continues with what is kept.';
  if (models === null) return `Is the base URL right? ${baseUrl}/models is not served either; it often ends in /v1.`;
  const other = options.api === 'chat' ? 'completions' : 'chat';
  return `The server has the model, so it may not serve this path: try \`api: ${other}\`.`;
}

function keyHint({ keyVariable }: EndpointOptions): string {
  if (keyVariable === null) return 'Name the environment variable that holds the key (keyVariable).';
  return `Check the key in ${keyVariable}, and that it may use this model.`;
}

function modelHint(model: string, models: readonly string[]): string {
  if (models.length === 0) return 'The server lists no models.';
  const listed = models.slice(0, 20).join(', ') + (models.length > 20 ? ` and ${models.length - 20} more` : '');
  const suggestion = didYouMean(model, models);
  return `${suggestion === null ? '' : `${capital(suggestion)} `}The server has ${listed}.`;
}

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

/** All attempts failed. `models` as in `refusal`: some servers fail on a model that they do not have. */
export function exhausted(
  { url, options }: Target,
  key: string,
  last: string,
  models: readonly string[] | null,
): UserError {
  const { maxAttempts, model } = options;
  const isListed = models === null || models.length === 0 || models.includes(model);
  const times = maxAttempts === 1 ? 'once' : `${maxAttempts} times`;
  return new UserError(`${url}: request ${key} was tried ${times}; the last time: ${last}`, {
    exitCode: 4,
    hint:
      'All answers so far are kept. When the server is well again, the same command continues.' +
      (isListed ? '' : ` It does not list model ${model}. ${modelHint(model, models)}`),
  });
}

/** The server asks for a longer pause than a command should sit through. */
export function toldToWait({ url }: Target, seconds: number): UserError {
  return new UserError(`${url} asks to be left alone for ${Math.round(seconds)} s (Retry-After)`, {
    exitCode: 4,
    hint: 'All answers so far are kept. After that time, the same command continues.',
  });
}

/** `left`: requests that are not answered. */
export function overBudget(
  { url, options }: Target,
  spent: { readonly tokens: number; readonly money: number | null },
  left: number,
): UserError {
  const { tokens, money } = options.budget;
  const parts = [
    `${spent.tokens}${tokens === null ? '' : ` of ${tokens}`} tokens`,
    ...(spent.money === null ? [] : [`${spent.money.toFixed(4)}${money === null ? '' : ` of ${money}`} in money`]),
  ];
  return new UserError(`${url}: the budget allows no further request; spent ${parts.join(', ')}; ${left} left to ask`, {
    exitCode: 3,
    hint: 'All answers so far are kept. With a larger budget, the same command continues.',
  });
}

/** `: what the server says`, or nothing. */
export function serverMessage(body: string): string {
  const text = (messageIn(body) ?? body).replaceAll(/\s+/g, ' ').trim();
  return text === '' ? '' : `: ${text.length > 300 ? `${text.slice(0, 300)}...` : text}`;
}

/** OpenAI: error.message; FastAPI: detail; Ollama: error. */
function messageIn(body: string): string | null {
  try {
    const { error, detail, message } = JSON.parse(body) as Readonly<Record<string, unknown>>;
    const inner = typeof error === 'object' && error !== null ? (error as { message?: unknown }).message : error;
    const said = inner ?? detail ?? message;
    return typeof said === 'string' ? said : said === undefined ? null : JSON.stringify(said);
  } catch {
    return null;
  }
}
