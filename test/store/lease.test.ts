/** Leases: one holder, whatever else is alive, and nothing from a holder that lost its lease. */
import { spawn, type ChildProcess } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { LeaseWatch, plainHolder, type Standing } from '../../harness/store/lease-watch.ts';
import { heldEntry, Lease, LeaseLost, removeEntry, removePrepared, takeLease } from '../../harness/store/lease.ts';
import { livenessOf, processStartTime, thisProcess } from '../../harness/store/process-identity.ts';

let folder: string;
let place: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'harness-lease-'));
  place = join(folder, 'lease');
});
afterEach(() => rmSync(folder, { recursive: true }));

const taken = (number = 1): Lease => {
  const lease = takeLease(place, number);
  if (lease === null) throw new Error('the lease is held');
  return lease;
};
const entry = (): NonNullable<ReturnType<typeof heldEntry>> => {
  const held = heldEntry(place);
  if (held === null) throw new Error('nobody holds the lease');
  return held;
};

describe('a lease', () => {
  test('has one holder, and is free again after it', () => {
    const first = taken();
    expect(takeLease(place, 2)).toBeNull();
    first.release();
    taken(3).release();
    expect(readdirSync(folder)).toEqual([]);
  });

  test('carries what its holder puts in place, and nothing once it was taken over', () => {
    const lease = taken();
    writeFileSync(join(lease.folder, 'a'), 'first');
    lease.publish('a', join(folder, 'a'));
    writeFileSync(join(lease.folder, 'a'), 'late');
    removeEntry(entry());
    const next = taken(2);
    expect(() => lease.publish('a', join(folder, 'a'))).toThrow(LeaseLost);
    expect(() => lease.withdraw(join(folder, 'a'), 'a')).toThrow(LeaseLost);
    expect(lease.isLost).toBe(true);
    expect(readFileSync(join(folder, 'a'), 'utf8')).toBe('first');
    lease.release();
    expect(next.isLost).toBe(false);
    next.release();
  });

  test('whose holder still writes into it is gone only when nothing more can come', async () => {
    const lease = taken();
    // As fast as it can, until it cannot any more.
    const script = `const { writeFileSync } = require('node:fs');
      console.log('writing');
      for (let n = 0; ; n += 1) writeFileSync(${JSON.stringify(lease.folder)} + '/' + (n % 50), '');`;
    const writer = spawn(process.execPath, ['-e', script], { stdio: ['ignore', 'pipe', 'ignore'] });
    const end = new Promise((resolve) => writer.on('exit', resolve));
    await new Promise((resolve) => writer.stdout.once('data', resolve));
    removeEntry(entry());
    expect(await end).toBe(1);
    expect(readdirSync(folder)).toEqual([]);
  });

  test('that was published just before it was taken over counts, and its remover sees it', () => {
    const lease = taken();
    writeFileSync(join(lease.folder, 'done'), 'mine');
    removeEntry(entry(), () => {
      if (!existsSync(join(folder, 'done'))) lease.publish('done', join(folder, 'done'));
    });
    expect(readFileSync(join(folder, 'done'), 'utf8')).toBe('mine');
  });

  test('tidies up what killed takes left, and a take whose preparation is gone begins again', () => {
    mkdirSync(join(`${place}.0123456789abcdef`, '1.x'), { recursive: true });
    writeFileSync(`${place}.txt`, 'not ours');
    removePrepared(place);
    expect(readdirSync(folder)).toEqual(['lease.txt']);
  });

  test('cannot be taken where its folder cannot be made: that is told, not taken for a holder', () => {
    writeFileSync(place, 'a file in the way');
    expect(() => takeLease(place, 1)).toThrow(/ENOTDIR|ENOTEMPTY|EEXIST/);
  });
});

test('of many processes that meet over one abandoned lease exactly one gets it', async () => {
  taken();
  const own = { ...thisProcess(), processStartTime: 'another start' };
  writeFileSync(join(place, entry().name, 'holder.json'), JSON.stringify(own));
  const module = (name: string): string =>
    JSON.stringify(new URL(`../../harness/store/${name}.ts`, import.meta.url).href);
  const script = `
    const { takeLease, removeEntry } = await import(${module('lease')});
    const { LeaseWatch, plainHolder } = await import(${module('lease-watch')});
    const place = ${JSON.stringify(place)};
    while (Date.now() < Number(process.argv[1])) { /* start together */ }
    for (;;) {
      if (takeLease(place, 2) !== null) { console.log('got it'); setInterval(() => {}, 1000); break; }
      const standing = new LeaseWatch(place, plainHolder).look();
      if (standing.kind === 'held') { console.log('refused'); break; }
      if (standing.kind === 'abandoned') removeEntry(standing.entry);
    }`;
  const startMs = Date.now() + 1_500;
  const children: ChildProcess[] = [];
  // Whoever got it holds it until all have answered: one that a busy machine starts late must meet a live holder.
  const said = await Promise.all(
    Array.from(
      { length: 4 },
      () =>
        new Promise<string>((resolve) => {
          const options = ['--import', 'tsx', '--input-type=module', '-e', script, String(startMs)];
          const child = spawn(process.execPath, options, { stdio: ['ignore', 'pipe', 'inherit'] });
          children.push(child);
          child.stdout.on('data', (chunk: Buffer) => resolve(chunk.toString().trim()));
          child.on('exit', () => resolve('silent'));
        }),
    ),
  );
  for (const child of children) child.kill('SIGKILL');
  expect(said.sort()).toEqual(['got it', 'refused', 'refused', 'refused']);
});

describe('a watcher', () => {
  /** As a container or another machine would have written it. */
  function heldElsewhere(): void {
    taken();
    const elsewhere = { ...thisProcess(), pid: 1, host: 'elsewhere', processTable: 'another' };
    writeFileSync(join(place, entry().name, 'holder.json'), JSON.stringify(elsewhere));
  }

  function watcher(lostMs = 3_000): { look(): Standing['kind']; pass(ms: number): void; beat(): void } {
    let now = 0;
    const watch = new LeaseWatch(place, plainHolder, { lostMs, now: () => now });
    let beats = 100;
    return {
      look: () => watch.look().kind,
      pass: (ms) => void (now += ms),
      beat: () => writeFileSync(join(place, entry().name, 'beat'), String((beats += 1))),
    };
  }

  test('sees at once that a process of its own process table is gone, and never that a live one is', () => {
    taken();
    const { look, pass } = watcher();
    for (let looks = 0; looks < 10; looks += 1) {
      expect(look()).toBe('held');
      pass(1_000);
    }
    const reused = { ...thisProcess(), processStartTime: 'another start' };
    for (const holder of [reused, { ...thisProcess(), pid: 2 ** 22 + 1 }]) {
      writeFileSync(join(place, entry().name, 'holder.json'), JSON.stringify(holder));
      expect(look()).toBe('abandoned');
    }
  });

  test('draws no conclusion from a pid of another process table, and waits for a sign of life', () => {
    heldElsewhere();
    const { look, pass, beat } = watcher();
    for (let seconds = 0; seconds < 20; seconds += 1) {
      expect(look()).toBe('held');
      pass(1_000);
      if (seconds % 2 === 1) beat();
    }
    for (let seconds = 0; seconds < 3; seconds += 1) {
      expect(look()).toBe('held');
      pass(1_000);
    }
    expect(look()).toBe('abandoned');
  });

  test('believes no date: neither of the future nor of the past', () => {
    heldElsewhere();
    const { look, pass } = watcher();
    for (const date of [new Date(0), new Date('2099-01-01')]) {
      for (const name of ['holder.json', 'beat']) utimesSync(join(place, entry().name, name), date, date);
      expect(look()).toBe('held');
    }
    for (let seconds = 0; seconds < 3; seconds += 1) {
      pass(1_000);
      look();
    }
    expect(look()).toBe('abandoned');
  });

  test('that was stopped itself has not watched', () => {
    heldElsewhere();
    const { look, pass } = watcher();
    look();
    pass(3_600_000);
    expect(look()).toBe('held');
  });

  test('takes an entry that says nothing for one that is being removed', () => {
    taken();
    for (const text of ['', '{"pid": 1']) {
      writeFileSync(join(place, entry().name, 'holder.json'), text);
      expect(watcher().look()).toBe('abandoned');
    }
  });
});

test('a process that nobody has reaped is dead, a stopped one is not, a stranger with its pid is somebody else', async () => {
  const holder = spawn('sh', ['-c', 'sleep 0.1 & echo $!; exec sleep 20'], { stdio: ['ignore', 'pipe', 'ignore'] });
  const zombie = Number(
    await new Promise<string>((resolve) => holder.stdout.once('data', (chunk: Buffer) => resolve(chunk.toString()))),
  );
  await new Promise((resolve) => setTimeout(resolve, 400));
  expect(() => process.kill(zombie, 0)).not.toThrow(); // for kill(2) it is there
  expect(processStartTime(zombie)).toBeNull();
  const pid = holder.pid ?? 0;
  const identity = { ...thisProcess(), pid, processStartTime: processStartTime(pid) ?? '' };
  expect(livenessOf(identity)).toBe('alive');
  holder.kill('SIGSTOP');
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(livenessOf(identity)).toBe('stopped');
  expect(livenessOf({ ...identity, processStartTime: '1' })).toBe('dead');
  expect(livenessOf({ ...identity, processTable: null })).toBe('unseen');
  expect(livenessOf({ ...identity, processTable: 'another' })).toBe('unseen');
  holder.kill('SIGKILL');
});
