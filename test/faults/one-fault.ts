/**
 * One run with a fault in it: a sweep is struck, swept again until it ends well, and held against an undisturbed one.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';

export interface Ground {
  /** Of the run alone. */
  readonly folder: string;
  readonly spec: string;
  readonly cache: string;
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

const root = path.resolve(import.meta.dirname, '../..');
const bin = path.join(root, 'harness/cli/bin.mjs');
const preload = pathToFileURL(path.join(import.meta.dirname, 'crash-at.mjs')).href;

export const resultsOf = ({ folder }: Ground): string => path.join(folder, 'results');

/** A sweep as a process group of its own. */
export function startSweep(ground: Ground, fault: object | null = null, before: readonly string[] = []): ChildProcess {
  const [file = process.execPath, ...rest] = [...before, process.execPath];
  const args = [...rest, bin, 'sweep', ground.spec, '--results', resultsOf(ground), '--json', '--quiet'];
  const faulty = fault === null ? {} : { NODE_OPTIONS: `--import=${preload}`, HARNESS_FAULT: JSON.stringify(fault) };
  return spawn(file, args, {
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, HARNESS_CACHE: ground.cache, ...faulty },
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

/** What must be equal to an undisturbed run: outputs by digest, and the rows of the database. */
export async function resultOf(ground: Ground): Promise<{ readonly outputs: string; readonly rows: string }> {
  const store = path.join(resultsOf(ground), 'store');
  const outputs = readdirSync(store)
    .filter((id) => existsSync(path.join(store, id, 'done.json')))
    .map((id) => readFileSync(path.join(store, id, 'done.json'), 'utf8'));
  const queries = [
    'SELECT * FROM results ORDER BY ALL',
    'SELECT trial_id, outcome, cause FROM trials ORDER BY ALL',
    'SELECT stage_id, outcome FROM stages ORDER BY ALL',
  ];
  const rows: string[] = [];
  for (const query of queries) rows.push(await sql(ground, query));
  return { outputs: outputs.join(''), rows: rows.join('') };
}

async function sql(ground: Ground, query: string): Promise<string> {
  const child = spawn(process.execPath, [bin, 'sql', query, '--json', '--results', resultsOf(ground)], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const { exitCode, stdout, stderr } = await endOf(child);
  if (exitCode !== 0) throw new Error(`sql ended with ${exitCode}: ${stderr}`);
  return stdout;
}

export function makeGround(folder: string, given: Pick<Ground, 'spec' | 'cache'>): Ground {
  mkdirSync(folder, { recursive: true });
  return { folder, ...given };
}
