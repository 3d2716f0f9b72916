import { readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { ask, askedFor, newCache, type Asking } from './ask.ts';
import { localServer, type Behaviour } from './local-server.ts';

const key = 'sk-very-secret-0123456789';
const keyVariable = 'HARNESS_TEST_ENDPOINT_KEY';
afterEach(() => delete process.env[keyVariable]);

const written = (folder: string): string =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => path.join(folder, name))
    .map((file) => (statSync(file).isFile() ? readFileSync(file, 'utf8') : file))
    .join('\n');

const everything = ({ notes, error, completions, counts }: Asking, folder: string): string =>
  [written(folder), ...notes, error?.message, error?.stack, JSON.stringify([error, completions, counts])].join('\n');

describe('the key', () => {
  it.each<Behaviour>([
    'ok',
    { status: 401, body: `{"error":{"message":"Incorrect API key provided: ${key}."}}` },
    { status: 500, body: `key=${key}` },
  ])('is sent, and stands in no file, note or error: %o', async (behaviour) => {
    process.env[keyVariable] = key;
    await using server = await localServer({ behave: () => behaviour });
    const cacheFolder = newCache();
    const asking = await ask(askedFor(2), { baseUrl: server.baseUrl, keyVariable, maxAttempts: 2 }, { cacheFolder });
    expect(server.calls[0]?.headers.authorization).toBe(`Bearer ${key}`);
    const all = everything(asking, cacheFolder);
    expect(all).toContain('"kind":"intent"');
    expect(all).not.toContain(key);
    if (behaviour !== 'ok') expect(all).toContain('[key]');
  });

  it('that is missing is named before anything is asked', () => {
    return expect(ask([], { keyVariable })).rejects.toMatchObject({
      exitCode: 2,
      message: `endpoint: the key of the server is read from ${keyVariable}, which is not set`,
    });
  });

  it('is not taken from the base URL, which is recorded', async () => {
    for (const baseUrl of ['http://user:word@127.0.0.1:9/v1', 'http://127.0.0.1:9/v1?key=word'])
      await expect(ask([], { baseUrl })).rejects.toMatchObject({
        exitCode: 2,
        message: expect.not.stringContaining('word@') as string,
      });
    await expect(ask([], { baseUrl: 'localhost:8000' })).rejects.toMatchObject({
      hint: 'Write it as http://host:port/v1.',
    });
  });
});
