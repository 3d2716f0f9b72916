/** What is sent for one prompt, and the digests that name it and the ledger it belongs to. */
import { hash } from 'node:crypto';
import { randomStream } from '../../random/index.ts';
import type { Asked, EndpointOptions } from './options.ts';

export interface Request {
  readonly key: string;
  /** sha256 of body and key: the address of the completion. */
  readonly sha: string;
  /** JSON; holds no secret. */
  readonly body: string;
  readonly prompt: string;
}

/** What decides which completions are like each other: one ledger for each. Prices, limits and keys are left out. */
export function ledgerIdentity(baseUrl: string, options: EndpointOptions): object {
  const { model, api, system, temperature, topP, maxTokens, seed, stop } = options;
  return { baseUrl, model, api, system, temperature, topP, maxTokens, seed, stop };
}

export const digestOf = (value: object): string => hash('sha256', JSON.stringify(value), 'hex');

export function requestOf(asked: Asked, options: EndpointOptions): Request {
  const body = JSON.stringify({
    model: options.model,
    ...promptFields(asked.prompt, options),
    temperature: options.temperature,
    top_p: options.topP,
    max_tokens: options.maxTokens,
    // A server that honours seeds would answer all samples of a prompt alike if they shared one.
    seed: randomStream(options.seed, 'endpoint', asked.key).integer(2 ** 31),
    ...(options.stop.length === 0 ? {} : { stop: options.stop }),
    stream: false,
  });
  return { key: asked.key, sha: digestOf([body, asked.key]), body, prompt: asked.prompt };
}

function promptFields(prompt: string, { api, system }: EndpointOptions): object {
  if (api === 'completions') return { prompt };
  const first = system === null ? [] : [{ role: 'system', content: system }];
  return { messages: [...first, { role: 'user', content: prompt }] };
}
