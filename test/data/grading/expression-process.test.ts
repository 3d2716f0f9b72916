import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, expect, it } from 'vitest';
import { ExpressionProcess, type ExpressionProcessOptions } from '../../../harness/data/grading/expression-process.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'harness-expressions-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const open: ExpressionProcess[] = [];
let entries = 0;

afterEach(async () => {
  for (const one of open.splice(0)) await one.close();
});

function start(options: ExpressionProcessOptions = {}): ExpressionProcess {
  const started = new ExpressionProcess(options);
  open.push(started);
  return started;
}

const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};

/** @param body Runs with `message` and `say`. */
function entryThat(body: string): string {
  const file = path.join(folder, `entry-${(entries += 1)}.mjs`);
  writeFileSync(
    file,
    `process.on('message', (message) => {
      const say = (verdict) => process.send({ kind: 'verdict', id: message.id, verdict });
      ${body}
    });
    process.send({ kind: 'ready' });`,
  );
  return file;
}

it('stops an expression at the time limit, says that it cannot tell, and goes on in another process', async () => {
  const engine = start({ timeLimitMs: 500 });
  expect(await engine.compare('\\frac{x+1}{2}', '0.5x+0.5', 'equal')).toBe(true);
  const before = await engine.pid();
  const began = performance.now();
  expect(await engine.compare('\\sum_{k=1}^{10^{9}} \\sin k', '5', 'equal')).toBeNull();
  expect(performance.now() - began).toBeLessThan(5000);
  expect(await engine.compare('2x', 'x+x', 'equal')).toBe(true);
  expect(await engine.pid()).not.toBe(before);
  expect(isAlive(before ?? 0)).toBe(false);
  expect(engine.counts).toEqual({ asked: 3, timedOut: 1, crashed: 0 });
});

it('asks again where the process was killed from outside', async () => {
  const engine = start();
  await engine.compare('x', '2x', 'equal');
  process.kill((await engine.pid()) ?? 0, 'SIGKILL');
  const verdicts = [engine.compare('2x', 'x+x', 'equal'), engine.compare('2x', 'x', 'equal')];
  expect(await Promise.all(verdicts)).toEqual([true, false]);
  expect(engine.counts.crashed).toBe(0);
});

it('takes the answers of the comparisons in their order, however many wait', async () => {
  const engine = start({ entry: entryThat('setTimeout(() => say(message.a === message.b), message.a.length)') });
  const texts = Array.from({ length: 30 }, (_, i) => 'x'.repeat(1 + ((i * 7) % 11)));
  const verdicts = texts.map((text, i) => engine.compare(text, i % 3 === 0 ? text : 'y', 'equal'));
  expect(await Promise.all(verdicts)).toEqual(texts.map((_, i) => i % 3 === 0));
});

it('cannot tell where the process dies of the same expressions twice, and takes no third try', async () => {
  const engine = start({ entry: entryThat("if (message.a === 'x') process.exit(7); say(true);") });
  expect(await engine.compare('x', 'y', 'equal')).toBeNull();
  expect(await engine.compare('y', 'y', 'equal')).toBe(true);
  expect(engine.counts).toEqual({ asked: 2, timedOut: 0, crashed: 1 });
});

it('ends a process that takes more memory than it may have', async () => {
  const greedy = 'const held = []; for (;;) held.push(new Array(1e5).fill(message.id + Math.PI * held.length));';
  const engine = start({ entry: entryThat(greedy), memoryMegabytes: 64, timeLimitMs: 20_000 });
  expect(await engine.compare('x', 'y', 'equal')).toBeNull();
  expect(engine.counts).toMatchObject({ timedOut: 0, crashed: 1 });
});

it('does not hand over expressions that go on for pages', async () => {
  const engine = start({ entry: entryThat('say(true);') });
  expect(await engine.compare('1+'.repeat(600), '1', 'equal')).toBeNull();
  expect(engine.counts.asked).toBe(0);
  expect(await engine.pid()).toBeNull();
});

it('says what is wrong where the engine cannot be loaded', async () => {
  const file = path.join(folder, `entry-${(entries += 1)}.mjs`);
  writeFileSync(file, "process.send({ kind: 'failure', message: 'no engine here' });");
  const engine = start({ entry: file });
  await expect(engine.compare('x', 'y', 'equal')).rejects.toMatchObject({
    exitCode: 4,
    message: 'the process that compares expressions could not be started: no engine here',
  });
});

it('leaves no process behind when it is closed', async () => {
  const engine = start({ entry: entryThat('say(true);') });
  await engine.compare('x', 'y', 'equal');
  const pid = (await engine.pid()) ?? 0;
  await engine.close();
  const limit = performance.now() + 5000;
  while (isAlive(pid) && performance.now() < limit) await new Promise((done) => setTimeout(done, 10));
  expect(isAlive(pid)).toBe(false);
});
