/**
 * Fault injection over whole sweeps: each run is struck once to three times (a process or the whole group killed at a
 * write or at a random time, or stopped, taken over and continued) and swept until it ends well. Then it must be what
 * an undisturbed sweep gives.
 *
 *     npm run build && npx tsx test/faults/inject-faults.ts --runs 500 [--seed 1] [--stages train|count]
 *         [--only PLACE] [--folder DIR]
 *
 * `train`: the command line on an experiment that trains. `count`: the conductor and its workers on stages that count,
 * in a tenth of the time. Prints a line a run, and counts by place at the end. Exit code 1 where a run was not as it
 * must be; its folder stays.
 */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { faultAt, runStruck, strikes, sweepUndisturbed, takeOvers, type Run } from './fault-run.ts';
import { makeGround } from './one-fault.ts';
import { counting, training } from './subjects.ts';

const { values } = parseArgs({
  options: {
    runs: { type: 'string', default: '20' },
    seed: { type: 'string', default: '1' },
    stages: { type: 'string', default: 'train' },
    only: { type: 'string' },
    folder: { type: 'string' },
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

/** Takes turns; taking over waits half a minute for a sign of life, and comes in one run of twenty. */
function placeOf(run: number): string {
  if (values.only !== undefined) return values.only;
  return (run % 20 === 19 ? takeOvers[Math.floor(run / 20) % 2] : strikes[run % strikes.length]) ?? '';
}

const calm = await sweepUndisturbed(folder, subject);
console.log(`undisturbed: ${(calm.tookMs / 1000).toFixed(1)} s, writes ${JSON.stringify(calm.writes)}, in ${folder}`);
const runs: (Run & { readonly place: string })[] = [];
for (let number = 0; number < Number(values.runs); number += 1) {
  const place = placeOf(number);
  const wanted = place.startsWith('stopped') ? 1 : 1 + Math.floor(random() * 3);
  const ground = makeGround(path.join(folder, `run-${number}`), subject);
  const run = await runStruck(ground, calm, (struck) => (struck < wanted ? faultAt(place, calm, random) : null));
  runs.push({ ...run, place });
  const verdict = run.wrong ?? 'as undisturbed';
  console.log(`${number + 1} ${place}: struck ${run.strikes} times in ${run.sweeps} sweeps: ${verdict}`);
  if (run.wrong === null) rmSync(ground.folder, { recursive: true });
}
const rows = [...new Set(runs.map(({ place }) => place))].map((place) => {
  const here = runs.filter((run) => run.place === place);
  const sum = (count: (run: Run) => number): number => here.reduce((total, run) => total + count(run), 0);
  return {
    place,
    runs: here.length,
    struck: sum((run) => run.strikes),
    sweeps: sum(({ sweeps }) => sweeps),
    wrong: here.filter(({ wrong }) => wrong !== null).length,
  };
});
console.table(rows);
const cache = subject.env['HARNESS_CACHE'];
if (cache !== undefined) rmSync(cache, { recursive: true });
process.exitCode = runs.some(({ wrong }) => wrong !== null) ? 1 : 0;
