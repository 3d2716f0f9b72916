/**
 * One HTTP request and its whole answer, or why there is none. A new connection each time: on a kept one, a reset could
 * mean that the server had closed it before the request, and nobody could tell whether a completion was charged.
 */
import { request as requestHttp, type IncomingMessage } from 'node:http';
import { request as requestHttps } from 'node:https';

export interface Sent {
  readonly url: string;
  readonly method: 'GET' | 'POST';
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | null;
  readonly timeoutSeconds: number;
  readonly signal: AbortSignal;
}

export interface Received {
  readonly status: number;
  readonly date: string | null;
  readonly retryAfter: string | null;
  readonly body: string;
}

/** An exchange without a whole answer. */
export interface Broken {
  readonly reason: 'connection' | 'timeout' | 'cut' | 'aborted';
  readonly detail: string;
  /** False only where the request cannot have reached the server. */
  readonly mayBeBought: boolean;
}

/** Never throws for what the network or the server does. */
export function exchange(sent: Sent): Promise<Received | Broken> {
  return new Promise((resolve) => {
    let isAnswering = false;
    const send = sent.url.startsWith('https:') ? requestHttps : requestHttp;
    const request = send(sent.url, { method: sent.method, headers: sent.headers, agent: false, signal: sent.signal });
    const timer = setTimeout(() => request.destroy(new Timeout()), sent.timeoutSeconds * 1000);
    const end = (outcome: Received | Broken): void => {
      clearTimeout(timer);
      resolve(outcome);
    };
    const fail = (error: Error): void => end(brokenBy(error, sent, isAnswering));
    request.on('error', fail);
    request.on('response', (response) => {
      isAnswering = true;
      receive(response).then(end, fail);
    });
    request.end(sent.body ?? undefined);
  });
}

class Timeout extends Error {}

/** @throws where the body ends before its end. */
async function receive(response: IncomingMessage): Promise<Received> {
  const pieces: Buffer[] = [];
  for await (const piece of response) pieces.push(piece as Buffer);
  return {
    status: response.statusCode ?? 0,
    date: response.headers.date ?? null,
    retryAfter: response.headers['retry-after'] ?? null,
    body: Buffer.concat(pieces).toString('utf8'),
  };
}

function brokenBy(error: NodeJS.ErrnoException, { timeoutSeconds, signal }: Sent, isAnswering: boolean): Broken {
  const broken = {
    detail: error.message === '' ? (error.code ?? 'no reason given') : error.message,
    mayBeBought: true,
  };
  if (signal.aborted) return { ...broken, reason: 'aborted' };
  if (error instanceof Timeout)
    return { ...broken, reason: 'timeout', detail: `no whole answer within ${timeoutSeconds} s` };
  if (isAnswering) return { ...broken, reason: 'cut' };
  return { ...broken, reason: 'connection', mayBeBought: !isBeforeSending(error) };
}

/** No address, or nobody listens there. Several addresses (IPv6, IPv4) fail together. */
function isBeforeSending(error: NodeJS.ErrnoException): boolean {
  if (error instanceof AggregateError) return error.errors.every((one: Error) => isBeforeSending(one));
  return error.syscall === 'connect' || error.syscall === 'getaddrinfo';
}
