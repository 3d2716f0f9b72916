import { describe, expect, it } from 'vitest';
import { UserError } from '../../../harness/spec/index.ts';
import { ask, askedFor, newCache } from './ask.ts';
import { localServer } from './local-server.ts';

// Each answer of the server costs 7 + 5 = 12 tokens. Before it is there, a request counts with the bytes of its prompt
// (17 or 18), 64 for a chat template, and maxTokens = 64: 145 tokens at least.
const most = 17 + 64 + 64;

describe('a budget', () => {
  it('in tokens is used as far as the worst case allows, and never passed', async () => {
    await using server = await localServer();
    const budget = { tokens: most + 4 * 12, money: null };
    const { completions, counts, error } = await ask(askedFor(8), { baseUrl: server.baseUrl, budget });
    // After n answers 12 n + 145 must be at most 193: the fifth is allowed, the sixth not.
    expect(completions).toHaveLength(5);
    expect(server.calls).toHaveLength(5);
    expect(counts.spentAtMost).toEqual({ tokens: 60, money: null });
    expect(error).toBeInstanceOf(UserError);
    expect(error).toMatchObject({ exitCode: 3 });
    expect(error?.message).toContain('the budget allows no further request; spent 60 of 193 tokens; 3 left to ask');
  });

  it('in money counts prompt and completion by their prices', async () => {
    await using server = await localServer();
    const price = { perMillionPromptTokens: 100, perMillionCompletionTokens: 1000 };
    // An answer costs (7 x 100 + 5 x 1000) / 1e6 = 0.0057; the worst case (81 x 100 + 64 x 1000) / 1e6 = 0.0721.
    const options = { baseUrl: server.baseUrl, price, budget: { tokens: null, money: 0.0721 + 0.0058 } };
    const { completions, counts, error } = await ask(askedFor(8), options);
    expect(completions).toHaveLength(2);
    expect(counts.money).toBeCloseTo(0.0114, 10);
    expect(error?.message).toContain('spent 24 tokens, 0.0114 of 0.0779 in money; 6 left to ask');
  });

  it('counts what earlier calls spent on the same requests, and answers kept cost nothing more', async () => {
    await using server = await localServer();
    const cacheFolder = newCache();
    const budget = { tokens: most + 4 * 12, money: null };
    await ask(askedFor(8), { baseUrl: server.baseUrl, budget }, { cacheFolder });
    const again = await ask(askedFor(8), { baseUrl: server.baseUrl, budget }, { cacheFolder });
    expect(again).toMatchObject({ counts: { sent: 0, fromLedger: 5 }, error: { exitCode: 3 } });
    const more = { tokens: most + 7 * 12, money: null };
    const last = await ask(askedFor(8), { baseUrl: server.baseUrl, budget: more }, { cacheFolder });
    expect(last.error).toBeNull();
    expect(server.calls).toHaveLength(8);
  });

  it('counts an attempt that may have been charged with the most that it can have cost', async () => {
    await using server = await localServer({ behave: (_, attempt) => (attempt === 1 ? 'cut' : 'ok') });
    const { counts } = await ask(askedFor(1), { baseUrl: server.baseUrl });
    expect(counts.spentAtMost.tokens).toBe(most + 12);
    expect(counts.promptTokens + counts.completionTokens).toBe(12);
  });

  it('counts what an interrupted call has bought beyond a gap before it fills the gap', async () => {
    await using server = await localServer();
    const cacheFolder = newCache();
    const gap = askedFor(8).filter((_, index) => index !== 2);
    await ask(gap, { baseUrl: server.baseUrl }, { cacheFolder });
    const budget = { tokens: 7 * 12 + most - 1, money: null };
    const { completions, error } = await ask(askedFor(8), { baseUrl: server.baseUrl, budget }, { cacheFolder });
    expect(completions).toHaveLength(2);
    expect(error?.message).toContain('spent 84 of 228 tokens; 1 left to ask');
    expect(server.calls).toHaveLength(7);
  });

  it('in money needs a price', () => {
    const budget = { tokens: null, money: 1 };
    return expect(ask([], { budget })).rejects.toMatchObject({
      exitCode: 2,
      message: 'endpoint: budget.money is set but price is not',
    });
  });
});
