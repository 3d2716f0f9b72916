/** What a server or the way to it does wrong: repeated where that may help, refused at once where it cannot. */
import { describe, expect, it } from 'vitest';
import { UserError } from '../../../harness/spec/index.ts';
import { ask, askedFor, ledgerLines, newCache } from './ask.ts';
import { localServer, textFor, type Behaviour } from './local-server.ts';

const firstFails =
  (behaviour: Behaviour) =>
  (_: unknown, attempt: number): Behaviour =>
    attempt === 1 ? behaviour : 'ok';

const repeated: readonly (readonly [string, Behaviour, string, boolean])[] = [
  ['429', { status: 429 }, 'status 429', false],
  ['500', { status: 500 }, 'status 500', false],
  ['504 of a gateway', { status: 504 }, 'status 504', true],
  ['503 with a page instead of JSON', { status: 503, body: '<html>busy</html>' }, 'status 503', false],
  ['a connection that is reset', 'reset', 'connection', true],
  ['a body that is cut', 'cut', 'cut', true],
  ['malformed JSON', 'malformed', 'malformed', true],
  ['an answer delivered twice in one body', 'twice', 'malformed', true],
  ['empty choices', 'empty choices', 'empty', true],
];

describe.concurrent('repeats, and counts by reason,', () => {
  it.each(repeated)('%s', async (_, behaviour, reason, mayBeBought) => {
    await using server = await localServer({ behave: firstFails(behaviour) });
    const cacheFolder = newCache();
    const { completions, counts, notes, error } = await ask(askedFor(3), { baseUrl: server.baseUrl }, { cacheFolder });
    expect(error).toBeNull();
    expect(completions.map(({ text }) => text)).toEqual(askedFor(3).map(({ prompt }) => textFor(prompt)));
    expect(counts).toMatchObject({ sent: 6, retries: { [reason]: 3 }, possiblyBoughtTwice: mayBeBought ? 3 : 0 });
    const failures = ledgerLines(cacheFolder).filter(({ kind }) => kind === 'failure');
    expect(failures.map((line) => [line.reason, line.mayBeBought])).toEqual([1, 2, 3].map(() => [reason, mayBeBought]));
    expect(notes).toHaveLength(1); // the first of a reason
  });

  it.each(['never', 'stalls in the body'] as const)('an answer that takes too long: %s', async (behaviour) => {
    await using server = await localServer({ behave: firstFails(behaviour) });
    const { completions, counts, notes } = await ask(askedFor(2), { baseUrl: server.baseUrl, timeoutSeconds: 1 });
    expect(completions).toHaveLength(2);
    expect(counts).toMatchObject({ retries: { timeout: 2 }, possiblyBoughtTwice: 2 });
    expect(notes[0]).toContain('no whole answer within 1 s');
  });

  it('a server that is not up yet', async () => {
    const { port } = await (async () => {
      await using gone = await localServer();
      return gone;
    })();
    const asking = ask(askedFor(2), { baseUrl: `http://127.0.0.1:${port}/v1`, maxAttempts: 8 });
    await new Promise((next) => setTimeout(next, 100));
    await using server = await localServer({ port });
    const { completions, counts, error } = await asking;
    expect(error).toBeNull();
    expect(completions).toHaveLength(2);
    expect(server.calls).toHaveLength(2);
    expect(counts.retries['connection']).toBeGreaterThan(0);
    // Nobody was there to sell anything.
    expect(counts.possiblyBoughtTwice).toBe(0);
  });

  it.each<[Behaviour, boolean]>([
    ['cut', true],
    [{ status: 409 }, true], // the first request is still at work
    [{ status: 429 }, true],
    [{ status: 504 }, true],
    [{ status: 500 }, false],
    ['empty choices', false],
  ])('with a new idempotency key only after an answer that would be given again: %o', async (behaviour, isSame) => {
    await using server = await localServer({ behave: firstFails(behaviour) });
    await ask(askedFor(1), { baseUrl: server.baseUrl });
    const [first, second] = server.calls.map(({ headers }) => headers['idempotency-key']);
    expect(first === second).toBe(isSame);
  });
});

describe.concurrent('Retry-After', () => {
  it('is waited for, by all requests', async () => {
    const tooMany: Behaviour = { status: 429, headers: { 'retry-after': '2' } };
    // The other slot is free again well after the refusal and well before the pause is over.
    await using server = await localServer({
      behave: ({ prompt }, attempt) => (prompt.includes(' 0.') && attempt === 1 ? tooMany : 'ok'),
      delayMs: ({ prompt }) => (prompt.includes(' 1.') ? 800 : 0),
    });
    await ask(askedFor(6), { baseUrl: server.baseUrl, concurrency: 2 });
    const refusedAt = server.calls.find(({ prompt }) => prompt.includes(' 0.'))?.at ?? 0;
    const during = server.calls.filter(({ at }) => at < refusedAt + 2000);
    expect(during.map(({ prompt }) => prompt).toSorted()).toEqual(['Write function 0.', 'Write function 1.']);
    expect(server.calls).toHaveLength(7);
  });

  it('may be a date, which counts from the date of the answer', async () => {
    const headers = { date: 'Tue, 01 Jan 2030 00:00:00 GMT', 'retry-after': 'Tue, 01 Jan 2030 00:00:01 GMT' };
    await using server = await localServer({ behave: firstFails({ status: 503, headers }) });
    await ask(askedFor(1), { baseUrl: server.baseUrl });
    const [first, second] = server.calls;
    expect((second?.at ?? 0) - (first?.at ?? 0)).toBeGreaterThanOrEqual(1000);
  });

  it('of hours ends the command', async () => {
    await using server = await localServer({ behave: () => ({ status: 429, headers: { 'retry-after': '7200' } }) });
    const { error } = await ask(askedFor(1), { baseUrl: server.baseUrl });
    expect(error).toMatchObject({ exitCode: 4, hint: expect.stringContaining('same command continues') as string });
    expect(error?.message).toContain('7200 s');
  });
});

const refused = async (behaviour: Behaviour, models?: readonly string[], model = 'tiny'): Promise<UserError> => {
  await using server = await localServer({ behave: () => behaviour, ...(models === undefined ? {} : { models }) });
  const { error, counts } = await ask(askedFor(1), { baseUrl: server.baseUrl, model });
  expect(counts.sent).toBe(1);
  expect(error).toBeInstanceOf(UserError);
  expect(error?.message).toContain(`${server.baseUrl}/chat/completions answered`);
  return error as UserError;
};

describe('refuses at once, naming address, model, status and what the server says,', () => {
  it.each([400, 401, 403, 404, 422])('%i', async (status) => {
    const error = await refused({ status }, ['tiny']);
    expect(error.exitCode).toBe(2);
    expect(error.message).toContain(`answered ${status} for model tiny, request f0#0: no luck`);
    expect(error.hint).not.toBeNull();
  });

  it('a model that the server does not have, and lists what it has', async () => {
    const body = '{"error":{"message":"The model `qwen-smal` does not exist."}}';
    const error = await refused({ status: 404, body }, ['qwen-small', 'qwen-large'], 'qwen-smal');
    expect(error.message).toContain('The model `qwen-smal` does not exist.');
    expect(error.hint).toBe('Did you mean qwen-small? The server has qwen-small, qwen-large.');
  });

  it('a path that the server does not serve for a model that it has', async () => {
    const error = await refused({ status: 404, body: '{"detail":"Not Found"}' }, ['tiny']);
    expect(error.hint).toContain('try `api: completions`');
  });

  it('a base URL under which nothing is', async () => {
    const error = await refused({ status: 404, body: 'no' });
    expect(error.hint).toMatch(/Is the base URL right\? .*\/v1\/models is not served either; it often ends in \/v1\./);
  });
});

describe('used-up attempts', () => {
  it('say so where the server does not list the model, on which some servers fail', async () => {
    await using server = await localServer({ behave: () => ({ status: 500 }), models: ['other'] });
    const { error } = await ask(askedFor(1), { baseUrl: server.baseUrl, maxAttempts: 1 });
    expect(error?.message).toContain('request f0#0 was tried once; the last time: status 500');
    expect((error as UserError).hint).toMatch(/It does not list model tiny\. The server has other\.$/);
  });

  it('end with exit code 4, keep what arrived, and the same call continues', async () => {
    let isWell = false;
    await using server = await localServer({
      behave: ({ prompt }) => (isWell || !prompt.includes(' 3.') ? 'ok' : { status: 500 }),
    });
    const cacheFolder = newCache();
    const options = { baseUrl: server.baseUrl, maxAttempts: 2 };
    const { completions, error } = await ask(askedFor(6), options, { cacheFolder });
    expect(completions).toHaveLength(3);
    expect(error).toMatchObject({ exitCode: 4, hint: expect.stringContaining('same command continues') as string });
    expect(error?.message).toMatch(/request f3#0 was tried 2 times; the last time: status 500: no luck/);
    const before = server.calls.length;
    isWell = true;
    const again = await ask(askedFor(6), options, { cacheFolder });
    expect(again.completions).toHaveLength(6);
    expect(server.calls.length - before).toBe(6 - again.counts.fromLedger);
    expect(again.counts.fromLedger).toBe(5);
  });
});
