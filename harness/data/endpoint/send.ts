/** Sends one request, once, and says what became of it. */
import { exchange, type Broken, type Received } from './exchange.ts';
import { readAnswer, type ReadCompletion } from './read-answer.ts';
import { serverMessage } from './refusal.ts';
import { digestOf, type Request } from './request.ts';
import type { OpenSession, Session } from './session.ts';

export type Outcome =
  | { readonly kind: 'answer'; readonly received: Received; readonly completion: ReadCompletion }
  /** Worth repeating. `received`: null without a whole answer. */
  | ({ readonly kind: 'failure'; readonly received: Received | null } & Pick<Broken, 'detail' | 'mayBeBought'> & {
        readonly reason: string;
      })
  /** Would be refused again. */
  | { readonly kind: 'refused'; readonly received: Received };

export async function send({ session, ledger }: OpenSession, request: Request): Promise<Outcome> {
  session.counter.sent();
  const useless = ledger.attempts.useless(request.sha);
  const received = await exchange({
    url: session.target.url,
    method: 'POST',
    headers: {
      ...session.headers(),
      'content-type': 'application/json',
      // A server that knows such keys gives its first answer again; after a useless one, a new answer is wanted.
      'idempotency-key': useless === 0 ? request.sha : digestOf([request.sha, useless]),
    },
    body: request.body,
    timeoutSeconds: session.options.timeoutSeconds,
    signal: session.given,
  });
  if ('reason' in received) return { ...received, kind: 'failure', received: null };
  return outcomeOf(session, request, { ...received, body: session.redact(received.body) });
}

function outcomeOf({ options }: Session, request: Request, received: Received): Outcome {
  const { status, body } = received;
  if (status !== 200) {
    if (!isWorthRepeating(status)) return { kind: 'refused', received };
    const detail = `status ${status}${serverMessage(body)}`;
    return { kind: 'failure', received, reason: `status ${status}`, detail, mayBeBought: isLost(status) };
  }
  const completion = readAnswer(body, request, options);
  if (typeof completion !== 'string') return { kind: 'answer', received, completion };
  const detail = completion === 'empty' ? 'an answer without a choice' : `not a completion${serverMessage(body)}`;
  return { kind: 'failure', received, reason: completion, detail, mayBeBought: true };
}

/** 408 too slow, 409 still at the same idempotency key, 425 too early, 429 too many, 5xx the server's own trouble. */
function isWorthRepeating(status: number): boolean {
  return [408, 409, 425, 429].includes(status) || status >= 500;
}

/** A gateway lost the server behind it, which may well have answered. */
const isLost = (status: number): boolean => [502, 504, 524].includes(status);

/** Names of the models that the server has; null where it does not say. */
export async function listModels(session: Session): Promise<readonly string[] | null> {
  const received = await exchange({
    url: `${session.target.baseUrl}/models`,
    method: 'GET',
    headers: session.headers(),
    body: null,
    timeoutSeconds: Math.min(10, session.options.timeoutSeconds),
    signal: session.given,
  });
  if ('reason' in received || received.status !== 200) return null;
  try {
    const { data } = JSON.parse(received.body) as { readonly data: readonly { readonly id: string }[] };
    return data.map(({ id }) => String(id));
  } catch {
    return null;
  }
}
