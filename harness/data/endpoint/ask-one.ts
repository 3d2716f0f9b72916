/** One completion: from the ledger, or bought with as many attempts as the options allow. */
import { backoffMs, retryAfterMs } from './backoff.ts';
import { mostOf, type Cost } from './budget.ts';
import { claim, closing } from './claim.ts';
import { readAnswer, type ReadCompletion } from './read-answer.ts';
import { exhausted, refusal, toldToWait } from './refusal.ts';
import type { Request } from './request.ts';
import { listModels, send, type Outcome } from './send.ts';
import type { OpenSession } from './session.ts';

/** A server that asks for a longer pause ends the command. */
const longestPauseMs = 600_000;

type Failed = Extract<Outcome, { kind: 'failure' }>;

/** Halts the session where it throws. @throws UserError, BudgetReached, the reason of a halt. */
export async function buyOne(open: OpenSession, request: Request): Promise<ReadCompletion> {
  const { session } = open;
  await session.slots.acquire();
  try {
    return await buy(open, request);
  } catch (error) {
    session.halt(error);
    throw error;
  } finally {
    session.slots.release();
  }
}

/** Null where it has none. `counted`: earlier attempts that the budget knows of already. */
export async function fromLedger(open: OpenSession, request: Request, counted: number): Promise<ReadCompletion | null> {
  const { session, ledger } = open;
  const answer = await ledger.find(request.sha);
  if (answer === null) return null;
  const completion = readAnswer(answer.body, request, session.options);
  if (typeof completion === 'string') return null;
  session.budget.spend(completion);
  session.budget.spend(mostOf(request, session.options), Math.max(0, answer.mayBeBoughtBefore - counted));
  session.counter.completion(completion, answer.mayBeBoughtBefore, true);
  return completion;
}

async function buy(open: OpenSession, request: Request): Promise<ReadCompletion> {
  const { session, ledger } = open;
  // What was in flight when an earlier process was killed may be on the bill.
  session.budget.spend(mostOf(request, session.options), ledger.attempts.mayBeBought(request.sha));
  for (let attempt = 1; ; attempt++) {
    await session.ready();
    const result = await attemptOnce(open, request);
    if (!('detail' in result)) return result;
    if (attempt >= session.options.maxAttempts) {
      const models = result.received === null ? null : await listModels(session);
      throw exhausted(session.target, request.key, result.detail, models);
    }
    if (session.counter.retry(result.reason) === 0)
      session.note(`request ${request.key}: ${result.detail}; trying again, and from now on without a word`);
    await pause(open, request, { attempt, failed: result });
  }
}

async function pause(
  { session }: OpenSession,
  request: Request,
  { attempt, failed }: { readonly attempt: number; readonly failed: Failed },
): Promise<void> {
  const told = retryAfterMs(failed.received?.retryAfter ?? null, failed.received?.date ?? null) ?? 0;
  if (told > longestPauseMs) throw toldToWait(session.target, told / 1000);
  if (told > 0) session.pauseAll(told);
  await session.sleep(told + backoffMs(request.key, attempt));
}

async function attemptOnce(open: OpenSession, request: Request): Promise<ReadCompletion | Failed> {
  const { session, ledger } = open;
  const most = mostOf(request, session.options);
  let cost: Cost | null = null;
  await session.budget.reserve(most);
  try {
    const before = ledger.attempts.mayBeBought(request.sha);
    const id = await claim(open, request);
    if (id === null) return (await fromLedger(open, request, before)) ?? unreadable(request);
    const outcome = await send(open, request);
    if (outcome.kind === 'answer') cost = outcome.completion;
    else if (outcome.kind === 'failure' && outcome.mayBeBought) cost = most;
    await record(open, { request, id, outcome });
    return await settled(open, request, outcome);
  } finally {
    session.budget.settle(most, cost);
  }
}

function unreadable({ key, sha }: Request): never {
  throw new Error(`the ledger holds an answer to ${key} (${sha}) that is no completion`);
}

/** Only what is on disk is used. */
async function record(
  { session, ledger }: OpenSession,
  { request, id, outcome }: { readonly request: Request; readonly id: string; readonly outcome: Outcome },
): Promise<void> {
  const { sha, key } = request;
  if (outcome.kind === 'answer') {
    const { status, date, body } = outcome.received;
    const mayBeBoughtBefore = ledger.attempts.mayBeBought(sha);
    await ledger.append({ kind: 'answer', sha, id, key, status, date, mayBeBoughtBefore, body });
    session.counter.completion(outcome.completion, mayBeBoughtBefore, false);
    return;
  }
  const { status = null, date = null, body = null } = outcome.received ?? {};
  const reason = outcome.kind === 'failure' ? outcome.reason : 'refused';
  const mayBeBought = outcome.kind === 'failure' && outcome.mayBeBought;
  await ledger.append({ ...closing(sha, id), reason, status, date, body, mayBeBought });
}

async function settled({ session }: OpenSession, request: Request, outcome: Outcome): Promise<ReadCompletion | Failed> {
  session.given.throwIfAborted();
  if (outcome.kind === 'refused')
    throw refusal(session.target, outcome.received, request.key, await listModels(session));
  if (outcome.kind === 'failure') return outcome;
  if (outcome.completion.estimated && session.counter.estimated === 1)
    session.note('the server reports no usage; tokens are estimated as characters / 4');
  return outcome.completion;
}
