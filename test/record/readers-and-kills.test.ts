import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { collect, withDatabase } from '../../harness/record/index.ts';
import type { Row } from '../../harness/record/index.ts';
import { temporaryResults, writeSampleResults } from './results-fixture.ts';
import { programArguments } from '../programs/test-program.ts';

const collectorScript = fileURLToPath(new URL('collect-in-loop.ts', import.meta.url));
const started: ChildProcess[] = [];

/** Resolves when the collector has put its first database in place. */
async function startCollector(results: string): Promise<ChildProcess> {
  const child = spawn(process.execPath, [...programArguments(collectorScript), results], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  started.push(child);
  await once(child.stdout, 'data');
  return child;
}

async function kill(child: ChildProcess): Promise<void> {
  const exited = once(child, 'exit');
  child.kill('SIGKILL');
  await exited;
}

afterEach(async () => {
  for (const child of started.splice(0)) if (child.exitCode === null && child.signalCode === null) await kill(child);
});

const read = (results: string, sql: string): Promise<readonly Row[]> =>
  withDatabase(results, async (database) => (await database.query(sql)).rows);

describe('the database file', () => {
  it('can be read at any moment while a collector replaces it', async () => {
    const results = temporaryResults();
    writeSampleResults(results);
    const child = await startCollector(results);
    const rounds = new Set<number>();
    for (let round = 0; round < 30; round++) {
      const [row] = await read(
        results,
        `SELECT (SELECT count(*) FROM trials WHERE outcome = 'completed') AS completed, ` +
          `(SELECT max(value) FROM metrics WHERE name = 'task/rounds') AS round`,
      );
      expect(row?.['completed']).toBe(4);
      rounds.add(Number(row?.['round']));
    }
    expect(rounds.size).toBeGreaterThan(1); // the file was indeed replaced meanwhile
    await kill(child);
  });

  it('is whole after `kill -9` of its collector; the next collect gives what a rebuild gives', async () => {
    const results = temporaryResults();
    writeSampleResults(results);
    for (const delay of [3, 23, 64]) {
      const child = await startCollector(results);
      await sleep(delay);
      await kill(child);
      expect(await read(results, 'SELECT count(*) AS n FROM trials')).toEqual([{ n: 4 }]);
    }
    await collect(results);
    const tables = ['stages', 'runs', 'metrics', 'items', 'trials', 'collected'];
    const stepwise = await Promise.all(tables.map((table) => read(results, `SELECT * FROM ${table} ORDER BY ALL`)));
    await collect(results, { rebuild: true });
    expect(await Promise.all(tables.map((table) => read(results, `SELECT * FROM ${table} ORDER BY ALL`)))).toEqual(
      stepwise,
    );
    expect(readdirSync(results).sort()).toEqual(['experiments', 'harness.duckdb', 'harness.duckdb.sha256', 'store']);
  });
});
