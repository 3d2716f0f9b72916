/** A run: struck once to three times, swept until it ends well, and held against an undisturbed one. */
import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import {
  commits,
  endOf,
  makeGround,
  resultsOf,
  startSweep,
  strike,
  type Fault,
  type Ground,
  type Subject,
} from './one-fault.ts';
import { stopAndTakeOver, type TakeOver } from './take-over.ts';

export interface Undisturbed {
  readonly result: Readonly<Record<string, string>>;
  readonly writes: Readonly<Record<'conductor' | 'worker', number>>;
  readonly tookMs: number;
}

/** Sweeps without a fault, and counts the writes. */
export async function sweepUndisturbed(folder: string, subject: Subject): Promise<Undisturbed> {
  const ground = makeGround(path.join(folder, 'undisturbed'), subject);
  const tally = path.join(folder, 'tally');
  mkdirSync(tally, { recursive: true });
  const startedMs = performance.now();
  const fault = { root: resultsOf(ground), role: 'any', at: 0, when: 'before', marker: '', tally };
  const { exitCode, stderr } = await endOf(startSweep(ground, fault));
  if (exitCode !== 0) throw new Error(`the undisturbed sweep ended with ${exitCode}: ${stderr}`);
  const tookMs = performance.now() - startedMs;
  const most = (role: string): number =>
    Math.max(...readFileSync(path.join(tally, role), 'utf8').trim().split('\n').map(Number));
  return {
    result: await subject.result(ground),
    writes: { conductor: most('conductor'), worker: most('worker') },
    tookMs,
  };
}

export const takeOvers = ['stopped', 'stopped, another namespace'] as const;
export const strikes = ['conductor', 'worker', 'group'].flatMap((who) => [`${who} at a write`, `${who} at a time`]);

/** A fault at a place, anywhere in a sweep. @param random In [0, 1). */
export function faultAt(place: string, { writes, tookMs }: Undisturbed, random: () => number): Fault | TakeOver {
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T;
  const afterMs = tookMs * (0.05 + 0.95 * random());
  if (place === takeOvers[0]) return { place, takeOver: 'here', afterMs };
  if (place === takeOvers[1]) return { place, takeOver: 'namespace', afterMs };
  const [who, where] = place.split(' at ');
  if (where === 'a time') return { place, victim: who as 'conductor' | 'worker' | 'group', afterMs };
  const role = who === 'group' ? pick(['conductor', 'worker'] as const) : (who as 'conductor' | 'worker');
  const at = 1 + Math.floor(random() * writes[role]);
  return { place, role, at, when: pick(['before', 'after'] as const), kill: who === 'group' ? 'group' : 'self' };
}

export interface Run {
  /** How often something was killed in it, or stopped. */
  readonly strikes: number;
  readonly sweeps: number;
  /** Null where all is as it must be. */
  readonly wrong: string | null;
}

const mostSweeps = 12;

/** @param next The fault of the next sweep; null once there were enough. It is told how many have struck. */
export async function runStruck(
  ground: Ground,
  calm: Undisturbed,
  next: (strikes: number) => Fault | TakeOver | null,
): Promise<Run> {
  let [strikes, isDone] = [0, false];
  let seen = commits(ground);
  for (let sweeps = 1; sweeps <= mostSweeps; sweeps += 1) {
    const fault = next(strikes);
    const swept = fault === null ? await sweepClean(ground) : await sweepStruck(ground, fault);
    strikes += swept.struck ? 1 : 0;
    isDone = swept.isDone;
    const wrong = swept.wrong ?? commitLost(seen, commits(ground));
    if (wrong !== null) return { strikes, sweeps, wrong };
    seen = commits(ground);
    if (isDone) return { strikes, sweeps, wrong: await difference(ground, calm) };
  }
  return { strikes, sweeps: mostSweeps, wrong: `no end after ${mostSweeps} sweeps` };
}

function commitLost(before: ReadonlyMap<string, string>, after: ReadonlyMap<string, string>): string | null {
  for (const [id, stamp] of before) {
    if (!after.has(id)) return `the commit of ${id} is gone`;
    if (after.get(id) !== stamp) return `${id} was done twice`;
  }
  return null;
}

interface Swept {
  readonly struck: boolean;
  readonly isDone: boolean;
  readonly wrong: string | null;
}

async function sweepStruck(ground: Ground, fault: Fault | TakeOver): Promise<Swept> {
  if ('takeOver' in fault) return stopAndTakeOver(ground, fault);
  const { end, struck } = await strike(ground, fault);
  // A worker that is killed costs its attempt; a conductor goes with its exit code.
  const isWorkers = 'at' in fault ? fault.role === 'worker' && fault.kill === 'self' : fault.victim === 'worker';
  const mustEndWell = !struck || isWorkers;
  const wrong = mustEndWell && end.exitCode !== 0 ? `the sweep ended with ${end.exitCode}: ${end.stderr}` : null;
  return { struck, isDone: end.exitCode === 0, wrong };
}

async function sweepClean(ground: Ground): Promise<Swept> {
  const { exitCode, stderr } = await endOf(startSweep(ground));
  const wrong = exitCode === 0 ? null : `the last sweep ended with ${exitCode}: ${stderr}`;
  return { struck: false, isDone: true, wrong };
}

async function difference(ground: Ground, calm: Undisturbed): Promise<string | null> {
  const { subject } = ground;
  const result = await subject.result(ground);
  for (const [name, text] of Object.entries(calm.result))
    if (result[name] !== text) return `other ${name} than the undisturbed sweep`;
  const { exitCode, stdout } = await endOf(startSweep(ground));
  const ran = subject.ran(stdout);
  if (exitCode !== 0 || ran !== 0) return `one more sweep ended with ${exitCode} and ran ${ran} stages`;
  const left = readdirSync(resultsOf(ground)).filter((name) => name.includes('lease'));
  return left.length === 0 ? null : `left behind: ${left.join(', ')}`;
}
