/** A real server. HARNESS_SERVE_PYTHON names a Python with `transformers[serving]`, torch and requests. */
import { readdirSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ask, askedFor, ledgerLines, newCache } from './ask.ts';
import { startClient } from './start-client.ts';
import { serveModels, type ServedModels } from './transformers-serve.ts';

const python = process.env['HARNESS_SERVE_PYTHON'];
if (python === undefined) console.warn('skipped: a real server needs HARNESS_SERVE_PYTHON, a Python with transformers');

describe.skipIf(python === undefined)('transformers serve', () => {
  let server: ServedModels;
  beforeAll(async () => {
    server = await serveModels(python ?? '');
  }, 150_000);
  afterAll(() => server?.[Symbol.asyncDispose]());

  const usual = { maxTokens: 12, temperature: 1, timeoutSeconds: 60 } as const;

  it.each([
    ['chat', 0],
    ['chat', 1],
    ['completions', 0],
    ['completions', 1],
  ] as const)('%s: model %i answers with text and usage, and is not asked again', async (api, index) => {
    const cacheFolder = newCache();
    const options = { ...usual, api, baseUrl: server.baseUrl, model: server.models[index] };
    const first = await ask(askedFor(12), options, { cacheFolder });
    expect(first.error).toBeNull();
    expect(first.completions.map(({ key }) => key)).toEqual(askedFor(12).map(({ key }) => key));
    expect(first.counts).toMatchObject({ sent: 12, estimated: 0, retries: {} });
    expect(new Set(first.completions.map(({ text }) => text)).size).toBeGreaterThan(6);
    for (const { promptTokens, completionTokens, finish } of first.completions) {
      expect(promptTokens).toBeGreaterThan(2);
      expect(completionTokens).toBeGreaterThan(0);
      expect(finish === 'length').toBe(completionTokens === 12);
    }
    const again = await ask(askedFor(12), options, { cacheFolder });
    expect(again.completions).toEqual(first.completions);
    expect(again.counts).toMatchObject({ sent: 0, fromLedger: 12 });
  });

  it('leaves a stop string in its answer; the text ends before it', async () => {
    const cacheFolder = newCache();
    const options = { ...usual, baseUrl: server.baseUrl, model: server.models[0], stop: ['a', 'o', 'r'] };
    const { completions } = await ask(askedFor(12), options, { cacheFolder });
    expect(completions.filter(({ text }) => /[aor]/.test(text))).toEqual([]);
    expect(completions.filter(({ finish }) => finish === 'end').length).toBeGreaterThan(0);
    const bodies = ledgerLines(cacheFolder).filter(({ kind }) => kind === 'answer');
    expect(bodies.some(({ body }) => /"content":"[^"]*[aor]"/.test(body))).toBe(true);
  });

  it('continues after the asking process was killed', async () => {
    const cacheFolder = newCache();
    const options = { ...usual, baseUrl: server.baseUrl, model: server.models[1], maxTokens: 40, concurrency: 2 };
    const client = startClient({ options, cacheFolder, count: 16 });
    await client.begin();
    const answersIn = (): number => ledgerLines(cacheFolder).filter(({ kind }) => kind === 'answer').length;
    while (readdirSync(cacheFolder, { recursive: true }).length < 4 || answersIn() === 0)
      await new Promise((next) => setTimeout(next, 20));
    client.process.kill('SIGKILL');
    expect(await client.end).toBeNull();
    const kept = answersIn();
    const { counts, error } = await ask(askedFor(16), options, { cacheFolder });
    expect(error).toBeNull();
    expect(counts).toMatchObject({ fromLedger: kept, sent: 16 - kept });
    expect(counts.possiblyBoughtTwice).toBeLessThanOrEqual(2);
  });

  it('fails on a model that it does not have, with the attempts used up', async () => {
    const options = { ...usual, baseUrl: server.baseUrl, model: `${server.models[0]}-none`, maxAttempts: 2 };
    const { error } = await ask(askedFor(1), options);
    expect(error).toMatchObject({ exitCode: 4 });
    expect(error?.message).toContain('was tried 2 times; the last time: status 500: Internal Server Error');
  });
});
