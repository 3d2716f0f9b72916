/** One ledger, several askers, and lines that a kill has torn. */
import { appendFileSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { hash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { AnswerPlaces } from '../../../harness/data/endpoint/answer-places.ts';
import { ask, askedFor, ledgerFile, ledgerLines, newCache } from './ask.ts';
import { localServer } from './local-server.ts';
import { startClient, type Client } from './start-client.ts';

const answersIn = (cacheFolder: string): number =>
  ledgerLines(cacheFolder).filter(({ kind }) => kind === 'answer').length;

const begun = (given: Parameters<typeof startClient>[0]): Client => {
  const client = startClient(given);
  void client.begin();
  return client;
};

describe('a torn ledger', () => {
  it('is continued wherever its last lines were cut, and only what was cut is asked again', async () => {
    await using server = await localServer();
    const cacheFolder = newCache();
    const options = { baseUrl: server.baseUrl, concurrency: 1 };
    await ask(askedFor(3), options, { cacheFolder });
    const whole = readFileSync(ledgerFile(cacheFolder));
    const lastAnswer = whole.lastIndexOf('\n\n{"kind":"intent"'); // where the answer before ends
    for (let end = lastAnswer - 60; end < whole.length; end += end > lastAnswer ? 61 : 20) {
      writeFileSync(ledgerFile(cacheFolder), whole);
      truncateSync(ledgerFile(cacheFolder), end);
      const before = server.calls.length;
      const { completions, error } = await ask(askedFor(3), options, { cacheFolder });
      expect(error).toBeNull();
      expect(completions).toHaveLength(3);
      expect(server.calls.length - before).toBe((end < lastAnswer ? 2 : 1) - (end >= whole.length - 1 ? 1 : 0));
      expect(readFileSync(ledgerFile(cacheFolder)).subarray(0, end)).toEqual(whole.subarray(0, end));
      expect(answersIn(cacheFolder)).toBe(3);
    }
  });

  it('keeps its lines apart from what a crash of the machine left', async () => {
    await using server = await localServer();
    const cacheFolder = newCache();
    await ask(askedFor(2), { baseUrl: server.baseUrl }, { cacheFolder });
    appendFileSync(ledgerFile(cacheFolder), Buffer.alloc(5000));
    await ask(askedFor(4), { baseUrl: server.baseUrl }, { cacheFolder });
    const { counts, notes } = await ask(askedFor(4), { baseUrl: server.baseUrl }, { cacheFolder });
    expect(notes).toEqual([expect.stringMatching(/one line of .*ledger\.jsonl left out, torn as by a kill/)]);
    expect(counts).toMatchObject({ sent: 0, fromLedger: 4 });
  });
});

describe('several askers of one ledger', () => {
  it('in three processes buy each completion once, and all get all of them', async () => {
    await using server = await localServer({ delayMs: () => 10 });
    const given = { options: { baseUrl: server.baseUrl }, cacheFolder: newCache(), count: 150 };
    const ends = await Promise.all([1, 2, 3].map(() => begun(given).end));
    expect(ends.map((end) => [end?.completions, end?.possiblyBoughtTwice])).toEqual([1, 2, 3].map(() => [150, 0]));
    expect(server.calls).toHaveLength(150);
    expect(answersIn(given.cacheFolder)).toBe(150);
  });

  it('in one process too', async () => {
    await using server = await localServer({ delayMs: () => 10 });
    const cacheFolder = newCache();
    const both = await Promise.all([1, 2].map(() => ask(askedFor(40), { baseUrl: server.baseUrl }, { cacheFolder })));
    expect(both.map(({ completions, error }) => [completions.length, error])).toEqual([1, 2].map(() => [40, null]));
    expect(server.calls).toHaveLength(40);
  });

  it('wait for one that asks the same, and take over when it is killed', async () => {
    await using server = await localServer({ behave: (_, attempt) => (attempt === 1 ? 'never' : 'ok') });
    const cacheFolder = newCache();
    const first = begun({ options: { baseUrl: server.baseUrl }, cacheFolder, count: 1 });
    while (server.calls.length === 0) await new Promise((next) => setTimeout(next, 10));
    const second = ask(askedFor(1), { baseUrl: server.baseUrl }, { cacheFolder });
    await new Promise((next) => setTimeout(next, 500));
    expect(server.calls).toHaveLength(1);
    first.process.kill('SIGKILL');
    const { completions, counts, notes } = await second;
    expect(notes[0]).toContain(`process ${first.process.pid} is asking the same; waiting for its answer`);
    expect(completions).toHaveLength(1);
    expect(counts).toMatchObject({ sent: 1, possiblyBoughtTwice: 1 });
  });
});

describe('places of answers', () => {
  it('finds each of many, and nothing else', () => {
    const places = new AnswerPlaces();
    const sha = (index: number): string => hash('sha256', String(index), 'hex');
    for (let index = 0; index < 20_000; index++) places.add(sha(index), { at: index * 3e9, bytes: index + 1 });
    places.add(sha(5), { at: 1, bytes: 1 });
    for (let index = 0; index < 20_000; index++)
      expect(places.get(sha(index))).toEqual({ at: index * 3e9, bytes: index + 1 });
    for (let index = 20_000; index < 21_000; index++) expect(places.get(sha(index))).toBeNull();
  });
});
