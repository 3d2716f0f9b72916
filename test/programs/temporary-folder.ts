/**
 * One temporary folder for everything that the tests and their processes leave, removed at the end. It lies in memory
 * where there is room and TMPDIR names no other place: whatever the program writes it also has written through, which
 * takes milliseconds on a disk, tens of thousands of times.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

const beginning = 'harness-tests-';
const memory = '/dev/shm';
/** The suite leaves about a gigabyte. */
const neededGigabytes = 4;

export default function makeTemporaryFolder(): (() => void) | undefined {
  // Each project of the tests has this among its own.
  if (path.basename(tmpdir()).startsWith(beginning)) return undefined;
  const before = process.env['TMPDIR'];
  const folder = (before === undefined ? folderInMemory() : null) ?? folderIn(tmpdir());
  process.env['TMPDIR'] = folder;
  return () => {
    if (before === undefined) delete process.env['TMPDIR'];
    else process.env['TMPDIR'] = before;
    rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
  };
}

/** The name has the process that removes it; what a killed one left is removed by the next. */
function folderIn(parent: string): string {
  for (const name of readdirSync(parent)) {
    const pid = /^(\d+)-/.exec(name.slice(beginning.length))?.[1];
    if (name.startsWith(beginning) && pid !== undefined && !isAlive(Number(pid)))
      rmSync(path.join(parent, name), { recursive: true, force: true });
  }
  return mkdtempSync(path.join(parent, `${beginning}${process.pid}-`));
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** Null where there is none, too little, or nothing there may be executed. */
function folderInMemory(): string | null {
  if (!existsSync(memory) || freeGigabytes() < neededGigabytes) return null;
  const folder = folderIn(memory);
  try {
    const script = path.join(folder, 'script');
    writeFileSync(script, '#!/bin/sh\n', { mode: 0o755 });
    execFileSync(script);
    return folder;
  } catch {
    rmSync(folder, { recursive: true });
    return null;
  }
}

function freeGigabytes(): number {
  const { bavail, bsize } = statfsSync(memory);
  const available = /^MemAvailable: +(\d+) kB/m.exec(readFileSync('/proc/meminfo', 'utf8'))?.[1];
  return Math.min(bavail * bsize, (Number(available ?? 0) * 1024) / 2) / 1e9;
}
