/**
 * Completions of an OpenAI-compatible server, each bought once. Servers do not give the same text for the same seed
 * under load, so a completion cannot be made again: it is addressed by what was asked, and kept
 * (docs/decisions/015-completions-are-bought-once.md).
 */
import path from 'node:path';
import { BudgetReached } from './budget.ts';
import { countLeft, inOrder, lookUp, Queue } from './in-order.ts';
import { Ledger } from './ledger.ts';
import { checkedBaseUrl, type Asked, type Completion, type EndpointCounts } from './options.ts';
import type { EndpointIo, EndpointOptions } from './options.ts';
import { overBudget } from './refusal.ts';
import { digestOf, ledgerIdentity, requestOf, type Request } from './request.ts';
import { Session } from './session.ts';

/** Iterate it once. */
export interface EndpointAnswers extends AsyncIterable<Completion> {
  /** What it came to so far; final when the iteration has ended, also by an error. */
  counts(): EndpointCounts;
}

/**
 * Yields in the order of `asked`, which is finite; a repeated request is bought once. Any number of processes of one
 * host may ask at once, also the same. Memory: a window of requests, and 60 MB for a million answers in the ledger.
 *
 * @throws UserError 2 for options, the key, or a request that the server refuses; 3 where the budget is reached; 4
 * where attempts are used up. What has arrived by then is kept, and the same call continues from there.
 */
export function askEndpoint(
  asked: AsyncIterable<Asked> | Iterable<Asked>,
  options: EndpointOptions,
  io: EndpointIo,
): EndpointAnswers {
  const session = new Session(options, io);
  const requests = requestsOf(asked, options);
  return {
    counts: () => session.counter.counts(),
    [Symbol.asyncIterator]: () => answers(session, requests, io.cacheFolder),
  };
}

/** Name of the ledger: of the server, the model, and how it is asked. @throws UserError (2), as `askEndpoint`. */
export function endpointDigest(options: EndpointOptions): string {
  return digestOf(ledgerIdentity(checkedBaseUrl(options), options));
}

async function* requestsOf(
  asked: AsyncIterable<Asked> | Iterable<Asked>,
  options: EndpointOptions,
): AsyncGenerator<Request> {
  for await (const one of asked) yield requestOf(one, options);
}

async function* answers(
  session: Session,
  requests: AsyncGenerator<Request>,
  cacheFolder: string,
): AsyncGenerator<Completion> {
  const identity = ledgerIdentity(session.target.baseUrl, session.options);
  const folder = path.join(cacheFolder, 'completions', digestOf(identity));
  session.given.throwIfAborted();
  const open = { session, ledger: await Ledger.open(folder, identity) };
  const { damaged } = open.ledger;
  const lines = damaged === 1 ? 'one line' : `${damaged} lines`;
  if (damaged > 0) session.note(`${lines} of ${folder}/ledger.jsonl left out, torn as by a kill`);
  const queue = new Queue(open);
  const lookedUp = lookUp(open, requests);
  try {
    yield* inOrder(queue, lookedUp);
  } catch (error) {
    if (!(error instanceof BudgetReached)) throw error;
    const left = await countLeft(queue, lookedUp);
    throw overBudget(session.target, session.budget.spent, left);
  } finally {
    session.halt(new Error('nobody reads on'));
    await queue.settled();
    await lookedUp.return(undefined);
    await open.ledger.close();
  }
}
