/** `harness report --watch` as a process: the page, what it tells a browser, whom it answers, and how it ends. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { rmSync, writeFileSync } from 'node:fs';
import { request, type IncomingMessage } from 'node:http';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { programArguments } from '../programs/test-program.ts';
import { pairItems, stageId, temporaryResults, writeSampleResults, writeStage } from '../record/results-fixture.ts';
import { captured } from './captured-run.ts';

const results = temporaryResults();
const main = path.resolve(import.meta.dirname, '../../harness/cli/main.ts');
const child: { process: ChildProcess | null; address: URL } = { process: null, address: new URL('http://127.0.0.1') };

beforeAll(async () => {
  writeSampleResults(results);
  const argv = [...programArguments(main), 'report', 'tiny', '--watch', '--results', results];
  const started = spawn(process.execPath, argv, { stdio: ['ignore', 'pipe', 'inherit'] });
  child.process = started;
  let said = '';
  for await (const chunk of started.stdout) {
    said += String(chunk);
    const address = /http:\S+/.exec(said)?.[0];
    if (address === undefined) continue;
    child.address = new URL(address);
    break;
  }
}, 60_000);

afterAll(() => {
  child.process?.kill('SIGKILL');
  rmSync(results, { recursive: true, force: true });
});

async function answer(file: string, headers: Readonly<Record<string, string>> = {}): Promise<IncomingMessage> {
  const asked = request(new URL(file, child.address), { headers });
  asked.end();
  const [response] = (await once(asked, 'response')) as [IncomingMessage];
  return response;
}

async function textOf(file: string): Promise<string> {
  const response = await answer(file);
  let text = '';
  for await (const chunk of response) text += String(chunk);
  return text;
}

it('serves the report from memory, with the state above it', async () => {
  const html = await textOf('/');
  expect(html).toContain('<h1>');
  expect(html).toMatch(/<pre id="live" role="status"[^>]*>No sweep is running: \d+ of \d+ stages done/);
  expect(await textOf('/figures/treatment-effect.svg')).toMatch(/^<svg /);
  expect((await answer('/figures/none.svg')).statusCode).toBe(404);
  expect((await answer('/..%2f..%2fetc/passwd')).statusCode).toBe(404);
});

it('answers no page that came under another name', async () => {
  expect((await answer('/', { host: 'elsewhere.example' })).statusCode).toBe(403);
  expect((await answer('/', { host: `localhost:${child.address.port}` })).statusCode).toBe(200);
});

it('tells a browser of a new page when something was recorded, and of a failure with its last lines', async () => {
  const events = await answer('/events');
  let told = '';
  events.on('data', (chunk: Buffer) => (told += String(chunk)));
  const evaluate = {
    kind: 'evaluate',
    number: 35,
    inputs: { task: stageId('task', 2), model: stageId('finetune', 19) },
  };
  writeStage(results, { ...evaluate, finals: { 'eval/pairwise_accuracy': 1 }, items: pairItems({ p1: 1 }) });
  await expect.poll(() => told, { timeout: 30_000 }).toContain('event: page');

  const outcome = { kind: 'failed', errorClass: 'bug', message: 'undefined is not a tensor', detail: null } as const;
  const id = writeStage(results, { kind: 'finetune', number: 19, outcome });
  rmSync(path.join(results, 'store', id, 'done.json'));
  const log = { outcome, hint: null, attempt: 1, lastLines: ['one <b>', 'last words'], log: null, command: 'x' };
  writeFileSync(path.join(results, 'store', id, 'failed.json'), JSON.stringify(log));
  await expect.poll(() => told, { timeout: 30_000 }).toContain('undefined is not a tensor');
  expect(told).toContain('last words');
  expect(await textOf('/')).toContain('one &lt;b&gt;');
  events.destroy();
}, 90_000);

it('refuses a port that is taken, and what cannot be watched', async () => {
  const flags = ['report', 'tiny', '--results', results, '--watch'];
  const taken = await captured([...flags, '--port', child.address.port]);
  expect([taken.exitCode, taken.stderr]).toEqual([
    3,
    expect.stringContaining(`port ${child.address.port} cannot be had`),
  ]);
  expect((await captured([...flags, '--publish'])).exitCode).toBe(2);
  expect((await captured([...flags, '--port', '70000'])).exitCode).toBe(2);
}, 60_000);

it('ends at Ctrl-C, and nobody is answered any more', async () => {
  const ended = once(child.process as ChildProcess, 'exit');
  child.process?.kill('SIGINT');
  expect(await ended).toEqual([0, null]);
  await expect(answer('/')).rejects.toThrow();
}, 30_000);
