/**
 * A client that is killed again and again. HARNESS_TEST_KILLS is how often (6); a hundred take two minutes.
 */
import { readdirSync } from 'node:fs';
import { expect, it } from 'vitest';
import { randomStream } from '../../../harness/random/index.ts';
import { ledgerLines, newCache } from './ask.ts';
import { localServer, type Call } from './local-server.ts';
import { startClient, type Client } from './start-client.ts';

const kills = Number(process.env['HARNESS_TEST_KILLS'] ?? 6);
const count = kills * 110;
const random = randomStream(7, 'kills');
const shaOf = ({ headers }: Call): string => String(headers['idempotency-key']);

/** How often each occurs. */
const tally = (names: readonly string[]): ReadonlyMap<string, number> => {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return counts;
};

it(`killed ${kills} times, buys nothing twice that had arrived, and reports what may have been`, async () => {
  await using server = await localServer({ delayMs: () => 2 + random.integer(20) });
  const cacheFolder = newCache();
  const start = (): Client => startClient({ options: { baseUrl: server.baseUrl, concurrency: 8 }, cacheFolder, count });
  // Loading takes longer than what is to be killed.
  const loaded = [start(), start()];
  const askedAgain: string[] = [];
  for (let kill = 0; kill < kills; kill += 1) {
    const kept = new Set(answersIn(cacheFolder));
    const callsBefore = server.calls.length;
    const client = loaded.shift() as Client;
    loaded.push(start());
    await client.begin();
    const enough = callsBefore + random.integer(100);
    while (server.calls.length < enough) await new Promise((next) => setTimeout(next, 2));
    await new Promise((next) => setTimeout(next, random.integer(20)));
    client.process.kill('SIGKILL');
    expect(await client.end, 'it was still asking').toBeNull();
    await new Promise((next) => setTimeout(next, 30)); // what it sent last has arrived
    askedAgain.push(
      ...server.calls
        .slice(callsBefore)
        .map(shaOf)
        .filter((sha) => kept.has(sha)),
    );
  }
  const [last, spare] = loaded as [Client, Client];
  spare.process.kill('SIGKILL');
  await last.begin();
  const counts = await last.end;

  expect(askedAgain).toEqual([]);
  expect(counts?.completions).toBe(count);
  const answers = answersIn(cacheFolder);
  expect([new Set(answers).size, answers.length]).toEqual([count, count]);
  const intents = tally(ledgerLines(cacheFolder).flatMap(({ kind, sha }) => (kind === 'intent' ? [sha] : [])));
  for (const [sha, calls] of tally(server.calls.map(shaOf))) expect(calls).toBeLessThanOrEqual(intents.get(sha) ?? 0);
  const bought = tally(server.calls.filter(({ answered }) => answered).map(shaOf));
  // One key each: a server that knows such keys sells nothing twice at all.
  expect(bought.size).toBe(count);
  const boughtTwice = [...bought.values()].reduce((sum, times) => sum + times - 1, 0);
  expect(counts?.possiblyBoughtTwice).toBeGreaterThanOrEqual(boughtTwice);
  // Only what was in flight at a kill: eight requests each.
  expect(counts?.possiblyBoughtTwice).toBeLessThanOrEqual(8 * kills);
  console.log(
    `${kills} kills, ${count} completions: ${server.calls.length} requests reached the server, ${boughtTwice} ` +
      `answers were on their way at a kill, reported as possibly bought twice: ${counts?.possiblyBoughtTwice}`,
  );
}, 600_000);

function answersIn(cacheFolder: string): readonly string[] {
  const hasLedger = readdirSync(cacheFolder, { recursive: true, encoding: 'utf8' }).some((name) =>
    name.endsWith('ledger.jsonl'),
  );
  if (!hasLedger) return []; // killed before there was one
  return ledgerLines(cacheFolder).flatMap(({ kind, sha }) => (kind === 'answer' ? [sha] : []));
}
