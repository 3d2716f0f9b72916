import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { endpointDigest, type Asked } from '../../../harness/data/index.ts';
import { ask, askedFor, ledgerFile, ledgerLines, newCache, usualOptions } from './ask.ts';
import { localServer, textFor } from './local-server.ts';

describe('asking an endpoint', () => {
  it('yields in the order of the requests, however long each takes', async () => {
    // The first one is the slowest.
    await using server = await localServer({ delayMs: ({ prompt }) => (prompt.includes(' 0.') ? 150 : 5) });
    const { completions, error } = await ask(askedFor(40), { baseUrl: server.baseUrl });
    expect(error).toBeNull();
    expect(completions).toEqual(
      askedFor(40).map(({ key, prompt }) => ({
        key,
        text: textFor(prompt),
        finish: 'end',
        promptTokens: 7,
        completionTokens: 5,
      })),
    );
  });

  it('has no more requests in flight than it may, and not fewer', async () => {
    await using server = await localServer({ delayMs: () => 15 });
    await ask(askedFor(24), { baseUrl: server.baseUrl, concurrency: 3 });
    expect(server.most).toBe(3);
  });

  it('has many in flight without a warning of Node about listeners', async () => {
    const warnings: Error[] = [];
    const listen = (warning: Error): void => void warnings.push(warning);
    process.on('warning', listen);
    await using server = await localServer({ delayMs: () => 15 });
    await ask(askedFor(48), { baseUrl: server.baseUrl, concurrency: 24 }, { signal: new AbortController().signal });
    process.off('warning', listen);
    // Node warns from the eleventh listener on; a busy machine may not have all 24 in flight at once.
    expect(server.most).toBeGreaterThan(11);
    expect(warnings.filter(({ name }) => name === 'MaxListenersExceededWarning')).toEqual([]);
  });

  it('sends the sampling, the system message and a seed of its own to each request', async () => {
    await using server = await localServer();
    await ask(askedFor(2), { baseUrl: `${server.baseUrl}/`, system: 'Be brief.', stop: ['\n\n'] });
    const [first, second] = server.calls.toSorted((a, b) => (a.prompt < b.prompt ? -1 : 1));
    expect(first?.path).toBe('/v1/chat/completions');
    expect(first?.body).toEqual({
      model: 'tiny',
      messages: [
        { role: 'system', content: 'Be brief.' },
        { role: 'user', content: 'Write function 0.' },
      ],
      temperature: 0.8,
      top_p: 0.95,
      max_tokens: 64,
      seed: expect.any(Number) as number,
      stop: ['\n\n'],
      stream: false,
    });
    expect(first?.body['seed']).not.toBe(second?.body['seed']);
    expect(first?.headers['idempotency-key']).toMatch(/^[0-9a-f]{64}$/);
  });

  it('asks the completions endpoint with a plain prompt', async () => {
    await using server = await localServer();
    const { completions } = await ask(askedFor(1), { baseUrl: server.baseUrl, api: 'completions' });
    expect(server.calls[0]).toMatchObject({ path: '/v1/completions', body: { prompt: 'Write function 0.' } });
    expect(completions[0]?.text).toBe(textFor('Write function 0.'));
  });

  it('ends the text before a stop string, which some servers leave in it', async () => {
    await using server = await localServer();
    const { completions } = await ask(askedFor(1), { baseUrl: server.baseUrl, stop: [' to:', 'never'] });
    expect(completions[0]?.text).toBe('An answer');
  });

  it('says that tokens are estimates where the server reports none', async () => {
    await using server = await localServer({ behave: () => 'no usage' });
    const { completions, counts, notes } = await ask(askedFor(3), { baseUrl: server.baseUrl });
    // 'Write function 0.' has 17 characters, 'An answer to: Write function 0.' 31: 17 / 4 and 31 / 4, rounded up.
    expect(completions[0]).toMatchObject({ promptTokens: 5, completionTokens: 8 });
    expect(counts).toMatchObject({ promptTokens: 15, completionTokens: 24, estimated: 3 });
    expect(notes).toEqual([expect.stringContaining('tokens are estimated as characters / 4')]);
  });
});

describe('the ledger', () => {
  it('serves what it holds without asking, to any later call and in any order', async () => {
    await using server = await localServer();
    const cacheFolder = newCache();
    const first = await ask(askedFor(10), { baseUrl: server.baseUrl }, { cacheFolder });
    const again = await ask([...askedFor(12)].reverse(), { baseUrl: server.baseUrl }, { cacheFolder });
    expect(server.calls).toHaveLength(12);
    expect(again.completions.slice(2)).toEqual(first.completions.toReversed());
    expect(again.counts).toMatchObject({ sent: 2, fromLedger: 10, promptTokens: 84, possiblyBoughtTwice: 0 });
  });

  it('holds every raw answer: body, status and the date of the server', async () => {
    await using server = await localServer({ behave: (_, attempt) => (attempt === 1 ? { status: 500 } : 'ok') });
    const cacheFolder = newCache();
    await ask(askedFor(1), { baseUrl: server.baseUrl }, { cacheFolder });
    const lines = ledgerLines(cacheFolder);
    expect(lines.map(({ kind, status }) => [kind, status])).toEqual([
      ['intent', undefined],
      ['failure', 500],
      ['intent', undefined],
      ['answer', 200],
    ]);
    expect(lines[1]?.body).toBe('{"error":{"message":"no luck"}}');
    expect(JSON.parse(lines[3]?.body ?? '')).toMatchObject({ id: 'answer', usage: { total_tokens: 12 } });
    expect(Date.parse(lines[3]?.date ?? '')).toBeGreaterThan(Date.parse('2020-01-01'));
  });

  it('asks a request that comes twice once, and samples of one prompt each', async () => {
    await using server = await localServer({ delayMs: () => 10 });
    const samples: readonly Asked[] = ['a#0', 'a#1', 'a#0', 'a#0'].map((key) => ({ key, prompt: 'the same' }));
    const { completions } = await ask(samples, { baseUrl: server.baseUrl });
    expect(completions.map(({ key }) => key)).toEqual(['a#0', 'a#1', 'a#0', 'a#0']);
    expect(server.calls).toHaveLength(2);
  });

  it('is another one for another server, model or sampling, and the same for another price or key', async () => {
    await using server = await localServer();
    const options = { ...usualOptions, baseUrl: server.baseUrl };
    const cacheFolder = newCache();
    await ask(askedFor(1), options, { cacheFolder });
    expect(path.basename(path.dirname(ledgerFile(cacheFolder)))).toBe(endpointDigest(options));
    const identity = readFileSync(path.join(path.dirname(ledgerFile(cacheFolder)), 'identity.json'), 'utf8');
    expect(JSON.parse(identity)).toMatchObject({ model: 'tiny', temperature: 0.8 });
    const digests = [{}, { model: 'b' }, { temperature: 1 }, { seed: 2 }, { api: 'completions' as const }].map(
      (other) => endpointDigest({ ...options, ...other }),
    );
    expect(new Set(digests).size).toBe(5);
    expect(endpointDigest({ ...options, concurrency: 9, maxAttempts: 1, keyVariable: 'K' })).toBe(digests[0]);
    expect(endpointDigest({ ...options, baseUrl: `${server.baseUrl}/` })).toBe(digests[0]);
  });
});

describe('an abort', () => {
  it('ends at once with its reason, and keeps what has arrived', async () => {
    await using server = await localServer({ behave: ({ prompt }) => (prompt.includes(' 7.') ? 'never' : 'ok') });
    const cacheFolder = newCache();
    const abort = new AbortController();
    const asking = ask(askedFor(8), { baseUrl: server.baseUrl }, { cacheFolder, signal: abort.signal });
    const answers = (): number => ledgerLines(cacheFolder).filter(({ kind }) => kind === 'answer').length;
    while (server.calls.filter(({ answered }) => answered).length < 7 || answers() < 7)
      await new Promise((next) => setTimeout(next, 10));
    await new Promise((next) => setTimeout(next, 200));
    const from = Date.now();
    abort.abort(new Error('enough'));
    const { error, completions } = await asking;
    expect(Date.now() - from).toBeLessThan(5000); // of a timeout of 20 s
    expect(error?.message).toBe('enough');
    expect(completions).toHaveLength(7);
    const kept = ledgerLines(cacheFolder);
    expect(kept.filter(({ kind }) => kind === 'answer')).toHaveLength(7);
    expect(kept.at(-1)).toMatchObject({ kind: 'failure', reason: 'aborted', mayBeBought: true });
  });

  it('ends an iteration over what the ledger has, too', async () => {
    await using server = await localServer();
    const cacheFolder = newCache();
    await ask(askedFor(3), { baseUrl: server.baseUrl }, { cacheFolder });
    const abort = new AbortController();
    function* asked(): Generator<Asked> {
      yield* askedFor(3);
      abort.abort(new Error('enough'));
      yield* askedFor(3);
    }
    const { error, counts } = await ask(asked(), { baseUrl: server.baseUrl }, { cacheFolder, signal: abort.signal });
    expect(error?.message).toBe('enough');
    expect(counts.fromLedger).toBe(3);
  });

  it('given before the start asks nothing', async () => {
    await using server = await localServer();
    const { error } = await ask(
      askedFor(2),
      { baseUrl: server.baseUrl },
      { signal: AbortSignal.abort(new Error('no')) },
    );
    expect(error?.message).toBe('no');
    expect(server.calls).toHaveLength(0);
  });
});
