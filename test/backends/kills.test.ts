/**
 * A sweep with ranks of torch whose conductor, worker, torchrun or rank is killed (SIGKILL), each at a random moment:
 * what was below it is gone after 2 s, and the sweep that is continued ends as an undisturbed one. Six kills; a hundred
 * with HARNESS_SLOW_TESTS=1 (about 40 minutes on two cores that are not busy), any number with HARNESS_KILLS. Where
 * HARNESS_PYTHON names a Python with torch, on Linux.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, describe, expect, it } from 'vitest';
import { programArguments } from '../programs/test-program.ts';
import { fixtureCache } from '../end-to-end/fixture-corpus.ts';
import { pythonWith } from '../python.ts';
import { familyOf, processesWith, type Found } from './processes.ts';

const python = process.platform === 'linux' ? pythonWith('torch, transformers, pyarrow') : null;
const kills = Number(process.env['HARNESS_KILLS'] ?? (process.env['HARNESS_SLOW_TESTS'] === '1' ? 100 : 6));
const root = mkdtempSync(path.join(tmpdir(), 'harness-kills-'));
const mark = `HARNESS_TEST_MARK=${path.basename(root)}`;
const cache = python === null ? '' : fixtureCache();
const main = path.resolve(import.meta.dirname, '../../harness/cli/main.ts');
/** Nobody that was below a killed process is left after it. */
const limitMs = 2_000;
/** A sweep, its start and all that loads torch, on a machine that does other things too. */
const sweepMs = 300_000;

const experiment = `formatVersion: 1
name: kills
question: Does anything outlive what started it?
seeds: [1]
tokenizer: {kind: bpe, vocabSize: 300}
corpus: {kind: npm, minCharacters: 40, maxCharacters: 400, heldOutFunctions: 8}
model: {name: toy, family: qwen2, hiddenSize: 16, layers: 1, heads: 2, keyValueHeads: 1, intermediateSize: 32,
  contextLength: 256, rewardPooling: last}
pretrain: null
task: {kind: generated, name: lookup, family: lookup, difficulty: 1, trainPairs: 64, devPairs: 8, testPairs: 16,
  testQuestions: 4, candidates: 4}
finetune:
  objective: {lmWeight: 1}
  samples: 16
  steps: 300
  pairsPerStep: 5
  optimizer: {kind: adamw, learningRate: 1e-3}
  schedule: {kind: cosine, warmup: {fraction: 0.25}}
evaluate: {bestOf: [1, 2, 4]}
execution: {workers: 1, threads: 1, backend: torch, ranksPerNode: 2, checkpointEverySeconds: 0.5}
`;

afterAll(() => {
  for (const { pid } of processesWith(mark)) process.kill(pid, 'SIGKILL');
  for (const folder of [root, cache]) rmSync(folder, { recursive: true, force: true });
});

class Sweep {
  readonly child: ChildProcess;
  readonly end: Promise<number | null>;
  #said = '';

  constructor(results: string) {
    const args = [...programArguments(main), 'sweep', path.join(root, 'kills.yaml'), '--results', results, '--quiet'];
    const [name = '', value = ''] = mark.split('=');
    const env = { ...process.env, [name]: value, HARNESS_TORCH_PYTHON: python ?? '', HARNESS_CACHE: cache };
    this.child = spawn(process.execPath, args, { env, stdio: ['ignore', 'ignore', 'pipe'] });
    this.child.stderr?.setEncoding('utf8').on('data', (text: string) => (this.#said += text));
    this.end = once(this.child, 'exit').then(([code]) => code as number | null);
  }

  get hasEnded(): boolean {
    return this.child.exitCode !== null || this.child.signalCode !== null;
  }

  get said(): string {
    return this.#said;
  }
}

/** What stages committed, by their id: the digests of all outputs. */
function committedIn(results: string): ReadonlyMap<string, unknown> {
  const store = path.join(results, 'store');
  return new Map(
    readdirSync(store).map((id) => [id, JSON.parse(readFileSync(path.join(store, id, 'done.json'), 'utf8')).outputs]),
  );
}

const targets = ['conductor', 'worker', 'torchrun', 'rank'] as const;
type Target = (typeof targets)[number];

const isTarget: Readonly<Record<Target, (one: Found, sweep: Sweep) => boolean>> = {
  conductor: ({ pid }, sweep) => pid === sweep.child.pid,
  worker: ({ command }) => /worker-entry\.\w+ torch /.test(command),
  torchrun: ({ command, rank }) => rank === null && command.includes('harness_torch.launch'),
  rank: ({ rank }) => rank !== null,
};

/** Waits until there is one; null where the sweep ended before. */
async function find(target: Target, sweep: Sweep): Promise<Found | null> {
  while (!sweep.hasEnded) {
    const found = processesWith(mark).filter((one) => isTarget[target](one, sweep));
    if (found.length > 0) return found[Math.floor(random() * found.length)] as Found;
    await sleep(20);
  }
  return null;
}

/** Who must be gone with it: all below it; with a rank, the others of its job and what they were started by. */
function victims(target: Target, killed: Found): readonly Found[] {
  const all = processesWith(mark);
  return familyOf(target === 'rank' ? killed.parent : killed.pid, all);
}

let state = Number(process.env['HARNESS_KILL_SEED'] ?? Date.now() % 1e9);
/** Numerical Recipes' generator: a run can be repeated, up to what the machine does. */
function random(): number {
  state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
  return state / 2 ** 32;
}

/**
 * Kills one at a random moment; who of its family is left after the limit, null where it was not there to be killed.
 */
async function killOnce(target: Target, sweep: Sweep): Promise<readonly Found[] | null> {
  // Within what a stage takes: its start, the loading of torch, its steps.
  await Promise.race([sweep.end, sleep(random() * (target === 'conductor' ? 12_000 : 3_000))]);
  const found = await find(target, sweep);
  if (found === null) return null;
  const family = victims(target, found);
  try {
    process.kill(found.pid, 'SIGKILL');
  } catch {
    return null;
  }
  await sleep(limitMs);
  const alive = new Map(processesWith(mark).map((one) => [one.pid, one]));
  return family.filter(({ pid, command }) => alive.get(pid)?.command === command);
}

describe.skipIf(python === null)(
  'killed ranks (skipped without HARNESS_PYTHON that has torch, and but on Linux)',
  () => {
    it(
      `leave nobody behind: ${kills} kills`,
      async () => {
        const seed = state;
        writeFileSync(path.join(root, 'kills.yaml'), experiment);
        const calm = path.join(root, 'calm');
        const undisturbed = new Sweep(calm);
        expect(await undisturbed.end, undisturbed.said).toBe(0);
        const expected = committedIn(calm);

        const counts = Object.fromEntries(targets.map((target) => [target, { kills: 0, survivors: 0 }]));
        const left: string[] = [];
        let [results, sweeps, finished] = [path.join(root, 'results-0'), 0, 0];
        let sweep = new Sweep(results);
        /** Goes on where the sweep ended, after a kill or a second failure; begins anew where it has finished. */
        const goOn = async (): Promise<void> => {
          if ((await sweep.end) === 0) {
            expect(committedIn(results)).toEqual(expected);
            finished += 1;
            results = path.join(root, `results-${finished}`);
          }
          sweeps += 1;
          sweep = new Sweep(results);
        };
        for (let turn = 0; counts['rank']!.kills < Math.ceil(kills / 4) || totalOf(counts) < kills; turn += 1) {
          const target = targets[turn % targets.length] as Target;
          const survivors = await killOnce(target, sweep);
          if (survivors !== null) {
            counts[target]!.kills += 1;
            counts[target]!.survivors += survivors.length;
            left.push(...survivors.map(({ command }) => `after a kill of ${target}: ${command}`));
          }
          if (sweep.hasEnded) await goOn();
        }
        for (let code = await sweep.end; code !== 0; code = await sweep.end) sweep = new Sweep(results);
        expect(committedIn(results)).toEqual(expected);
        console.log(
          `seed ${seed}: ${JSON.stringify(counts)}; ${sweeps + 1} sweeps, ${finished + 1} finished as undisturbed`,
        );
        expect(left).toEqual([]);
        expect(processesWith(mark)).toEqual([]);
      },
      kills * sweepMs,
    );
  },
);

function totalOf(counts: Readonly<Record<string, { readonly kills: number }>>): number {
  return Object.values(counts).reduce((sum, one) => sum + one.kills, 0);
}
