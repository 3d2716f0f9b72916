/**
 * One run with a fault in it: a sweep is struck, swept again until it ends well, and held against an undisturbed one.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';

/** What is swept. */
export interface Subject {
  /** The command line of a sweep. */
  command(ground: Ground): readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** What must be equal to an undisturbed run, as text by what it is. */
  result(ground: Ground): Promise<Readonly<Record<string, string>>>;
  /** Stages that a sweep ran, by what it printed. */
  ran(stdout: string): number;
}

export interface Ground {
  /** Of the run alone. */
  readonly folder: string;
  readonly subject: Subject;
}

/** Where it strikes, and how often a run was struck there. */
export type Fault =
  | {
      readonly place: string;
      readonly role: 'conductor' | 'worker';
      readonly at: number;
      readonly when: 'before' | 'after';
      readonly kill: 'self' | 'group';
    }
  | { readonly place: string; readonly victim: 'conductor' | 'worker' | 'group'; readonly afterMs: number };

export interface SweepEnd {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

const preload = pathToFileURL(path.join(import.meta.dirname, 'crash-at.mjs')).href;

export const resultsOf = ({ folder }: Ground): string => path.join(folder, 'results');

export function makeGround(folder: string, subject: Subject): Ground {
  mkdirSync(folder, { recursive: true });
  return { folder, subject };
}

/** A sweep as a process group of its own. @param before A command that is given its command line. */
export function startSweep(ground: Ground, fault: object | null = null, before: readonly string[] = []): ChildProcess {
  const [file = '', ...args] = [...before, ...ground.subject.command(ground)];
  const faulty = fault === null ? {} : { NODE_OPTIONS: `--import=${preload}`, HARNESS_FAULT: JSON.stringify(fault) };
  return spawn(file, args, {
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...ground.subject.env, ...faulty },
  });
}

export function endOf(child: ChildProcess): Promise<SweepEnd> {
  let [stdout, stderr] = ['', ''];
  child.stdout?.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
  child.stderr?.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  return new Promise((resolve) =>
    child.once('exit', (exitCode) => {
      const ended = (): void => resolve({ exitCode, stdout, stderr });
      child.once('close', ended);
      setTimeout(ended, 500); // an orphan of a killed conductor keeps the streams open for a while
    }),
  );
}

/** Strikes one sweep, and says how it ended; `struck` is false where it ended before. */
export async function strike(
  ground: Ground,
  fault: Fault,
): Promise<{ readonly end: SweepEnd; readonly struck: boolean }> {
  return 'at' in fault ? strikeAtWrite(ground, fault) : strikeInTime(ground, fault);
}

async function strikeAtWrite(ground: Ground, { role, at, when, kill }: Extract<Fault, { at: number }>) {
  const marker = path.join(ground.folder, 'struck');
  rmSync(marker, { force: true });
  const end = await endOf(startSweep(ground, { root: resultsOf(ground), role, at, when, kill, marker }));
  return { end, struck: existsSync(marker) };
}

async function strikeInTime(ground: Ground, { victim, afterMs }: Extract<Fault, { afterMs: number }>) {
  const child = startSweep(ground);
  const ending = endOf(child);
  const struck = new Promise<boolean>((resolve) => {
    const timer = setTimeout(() => resolve(killVictim(child.pid ?? 0, victim)), afterMs);
    child.once('exit', () => {
      clearTimeout(timer);
      resolve(false);
    });
  });
  return { struck: await struck, end: await ending };
}

function killVictim(conductor: number, victim: 'conductor' | 'worker' | 'group'): boolean {
  const pids =
    victim === 'conductor' ? [conductor] : victim === 'group' ? [-conductor] : workersOf(conductor).slice(0, 1);
  return pids.map(kill).some(Boolean);
}

function kill(pid: number): boolean {
  try {
    return process.kill(pid, 'SIGKILL');
  } catch {
    return false;
  }
}

/** Children of the conductor that are workers, by /proc. */
export function workersOf(conductor: number): readonly number[] {
  const children = readFileSync(`/proc/${conductor}/task/${conductor}/children`, 'utf8').trim().split(' ').map(Number);
  return children.filter((pid) => isWorker(pid));
}

function isWorker(pid: number): boolean {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('worker-entry');
  } catch {
    return false;
  }
}

/** Stage id -> which file its commit is: another one where the stage was done twice. */
export function commits(ground: Ground): ReadonlyMap<string, string> {
  const store = path.join(resultsOf(ground), 'store');
  const ids = existsSync(store) ? readdirSync(store) : [];
  return new Map(
    ids.flatMap((id) => {
      const stat = statSync(path.join(store, id, 'done.json'), { bigint: true, throwIfNoEntry: false });
      return stat === undefined ? [] : [[id, `${stat.ino} ${stat.mtimeNs}`] as const];
    }),
  );
}
