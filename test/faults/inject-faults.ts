/**
 * Fault injection over whole sweeps of a small experiment that trains: each run is struck once to three times (a process
 * or the whole group killed at a write or at a random time, or stopped, taken over and continued) and swept until it
 * ends well. Then it must be what an undisturbed sweep gives.
 *
 *     npm run build && npx tsx test/faults/inject-faults.ts --runs 500 [--seed 1] [--folder DIR] [--only PLACE]
 *         [--stages train|count]
 *
 * Prints a line a run, and counts by place at the end. Exit code 1 where a run was not as it must be; its folder stays.
 */
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { commits, endOf, makeGround, resultsOf, startSweep, strike, type Fault, type Ground } from './one-fault.ts';
import { counting, training } from './subjects.ts';
import { stopAndTakeOver, type TakeOver } from './take-over.ts';

const { values } = parseArgs({
  options: {
    runs: { type: 'string', default: '20' },
    seed: { type: 'string', default: '1' },
    folder: { type: 'string' },
    only: { type: 'string' },
    stages: { type: 'string', default: 'train' },
  },
});
const folder = values.folder ?? mkdtempSync(path.join(tmpdir(), 'harness-faults-'));
mkdirSync(folder, { recursive: true });
const subject = values.stages === 'count' ? counting() : training(folder);

let state = Number(values.seed) >>> 0;
/** Mulberry32: the same seed gives the same faults; when a process comes to them is up to the machine. */
function random(): number {
  state = (state + 0x6d2b79f5) | 0;
  let t = Math.imul(state ^ (state >>> 15), 1 | state);
  t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
  return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
}
const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T;

interface Undisturbed {
  readonly result: Readonly<Record<string, string>>;
  readonly writes: Readonly<Record<'conductor' | 'worker', number>>;
  readonly tookMs: number;
}

/** Swept without a fault, its writes counted. */
async function undisturbed(): Promise<Undisturbed> {
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

const takeOvers = ['stopped', 'stopped, another namespace'] as const;

function faultAt(place: string, { writes, tookMs }: Undisturbed): Fault | TakeOver {
  const afterMs = tookMs * (0.05 + 0.95 * random());
  if (place === takeOvers[0]) return { place, takeOver: 'here', afterMs };
  if (place === takeOvers[1]) return { place, takeOver: 'namespace', afterMs };
  const [who, where] = place.split(' at ');
  if (where === 'a time') return { place, victim: who as 'conductor' | 'worker' | 'group', afterMs };
  const role = who === 'group' ? pick(['conductor', 'worker'] as const) : (who as 'conductor' | 'worker');
  const at = 1 + Math.floor(random() * writes[role]);
  return { place, role, at, when: pick(['before', 'after'] as const), kill: who === 'group' ? 'group' : 'self' };
}

/** Takes turns; taking over waits for signs of life, half a minute each, and comes in one run of twenty. */
function placesOf(runs: number): readonly string[] {
  const strikes = ['conductor', 'worker', 'group'].flatMap((who) => [`${who} at a write`, `${who} at a time`]);
  const all = Array.from({ length: runs }, (_, run) =>
    run % 20 === 19 ? takeOvers[Math.floor(run / 20) % 2] : strikes[run % strikes.length],
  );
  return all.map((place) => values.only ?? place ?? '');
}

interface Run {
  readonly place: string;
  /** How often something was killed in it. */
  readonly strikes: number;
  readonly sweeps: number;
  /** Null where all is as it must be. */
  readonly wrong: string | null;
}

async function oneRun(number: number, place: string, calm: Undisturbed): Promise<Run> {
  const ground = makeGround(path.join(folder, `run-${number}`), subject);
  let [strikes, sweeps] = [0, 0];
  let seen = commits(ground);
  const wanted = place.startsWith('stopped') ? 1 : 1 + Math.floor(random() * 3);
  for (let isDone = false; !isDone;) {
    sweeps += 1;
    if (sweeps > 12) return { place, strikes, sweeps, wrong: 'no end after 12 sweeps' };
    const struck = strikes < wanted ? await struckSweep(ground, faultAt(place, calm)) : await cleanSweep(ground);
    strikes += struck.struck ? 1 : 0;
    const again = [...seen].find(([id, stamp]) => (commits(ground).get(id) ?? stamp) !== stamp);
    const lost = [...seen.keys()].find((id) => !commits(ground).has(id));
    seen = commits(ground);
    const wrong = struck.wrong ?? (again && `${again[0]} was done twice`) ?? (lost && `the commit of ${lost} is gone`);
    if (wrong !== undefined && wrong !== null) return { place, strikes, sweeps, wrong };
    isDone = struck.isDone;
  }
  return { place, strikes, sweeps, wrong: await difference(ground, calm) };
}

interface Struck {
  readonly struck: boolean;
  readonly isDone: boolean;
  readonly wrong: string | null;
}

async function struckSweep(ground: Ground, fault: Fault | TakeOver): Promise<Struck> {
  if ('takeOver' in fault) return stopAndTakeOver(ground, fault);
  const { end, struck } = await strike(ground, fault);
  // A worker that is killed costs its attempt; a conductor goes with its exit code.
  const survives =
    !struck || ('at' in fault ? fault.role === 'worker' && fault.kill === 'self' : fault.victim === 'worker');
  const wrong = survives && end.exitCode !== 0 ? `the sweep ended with ${end.exitCode}: ${end.stderr}` : null;
  return { struck, isDone: end.exitCode === 0, wrong };
}

async function cleanSweep(ground: Ground): Promise<Struck> {
  const { exitCode, stderr } = await endOf(startSweep(ground));
  return {
    struck: false,
    isDone: true,
    wrong: exitCode === 0 ? null : `the last sweep ended with ${exitCode}: ${stderr}`,
  };
}

async function difference(ground: Ground, calm: Undisturbed): Promise<string | null> {
  const result = await subject.result(ground);
  for (const [name, text] of Object.entries(calm.result))
    if (result[name] !== text) return `other ${name} than the undisturbed sweep`;
  const { exitCode, stdout } = await endOf(startSweep(ground));
  const ran = subject.ran(stdout);
  if (exitCode !== 0 || ran !== 0) return `one more sweep ran ${ran} stages`;
  const left = readdirSync(resultsOf(ground)).filter((name) => name.includes('lease'));
  return left.length === 0 ? null : `left behind: ${left.join(', ')}`;
}

const calm = await undisturbed();
console.log(`undisturbed: ${(calm.tookMs / 1000).toFixed(1)} s, writes ${JSON.stringify(calm.writes)}, in ${folder}`);
const runs: Run[] = [];
for (const [number, place] of placesOf(Number(values.runs)).entries()) {
  const run = await oneRun(number, place, calm);
  runs.push(run);
  console.log(
    `${number + 1} ${place}: struck ${run.strikes} times in ${run.sweeps} sweeps: ${run.wrong ?? 'as undisturbed'}`,
  );
  if (run.wrong === null) rmSync(path.join(folder, `run-${number}`), { recursive: true });
}
const rows = [...new Set(runs.map(({ place }) => place))].map((place) => {
  const here = runs.filter((run) => run.place === place);
  const sum = (count: (run: Run) => number): number => here.reduce((total, run) => total + count(run), 0);
  return {
    place,
    runs: here.length,
    struck: sum(({ strikes }) => strikes),
    sweeps: sum(({ sweeps }) => sweeps),
    wrong: here.filter(({ wrong }) => wrong !== null).length,
  };
});
console.table(rows);
if (subject.env['HARNESS_CACHE'] !== undefined) rmSync(subject.env['HARNESS_CACHE'], { recursive: true });
process.exitCode = runs.some(({ wrong }) => wrong !== null) ? 1 : 0;
