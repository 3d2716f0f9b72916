/**
 * Jobs of the backend torch as files, carried out by ranks that share one loaded torch (forked_ranks.py): loading it
 * takes longer than a job of a tiny model.
 */
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { writeTrainJob } from '../../harness/backends/torch/train-job.ts';
import { onnxruntimeCpu } from '../../harness/engine/index.ts';
import type { ModelConfig } from '../../harness/model/index.ts';
import type { Compute, StageContext } from '../../harness/stages/index.ts';
import { runTraining } from '../../harness/stages/run-training.ts';
import { SessionCache } from '../../harness/train/index.ts';
import { stageTraining } from '../stages/stage-training.ts';
import { runOptions, type RunChanges } from '../train/run-options.ts';

export const packageFolder = path.resolve(import.meta.dirname, '../../harness/backends/torch');
const sessions = new SessionCache(onnxruntimeCpu(), { threads: 1, capacity: 1 });
const execution = { threads: 1, device: 'cpu', checkpointEverySeconds: 3600 } as const;

export type Fields = Readonly<Record<string, unknown>>;

/** A job of 20 steps as the harness writes it, in `folder/job`, to be copied and varied. */
export async function writeJob(folder: string, model: ModelConfig, changes: RunChanges = {}): Promise<string> {
  mkdirSync(path.join(folder, 'job'), { recursive: true });
  const compute: Pick<Compute, 'train'> = {
    train: async (context, run) => {
      await writeTrainJob(path.join(folder, 'job'), context, run);
      return { outcome: { kind: 'interrupted' }, state: null };
    },
  };
  const context = { folder, execution, signal: new AbortController().signal, compute: async () => compute };
  const options = runOptions(model, sessions, { toStep: 20, ...changes });
  const run = stageTraining(options, folder, changes.pairsPerStep);
  await runTraining({ ...context, emit: () => {} } as unknown as StageContext, run);
  return folder;
}

export interface Case {
  /** Of a written job. */
  readonly from: string;
  readonly ranks?: number;
  /** Over those of job.json. */
  readonly fields?: Fields;
  readonly faults?: Fields;
  /** A run to go on from, in its folder; else the job is copied. */
  readonly after?: Ran;
}

export interface Ran {
  readonly folder: string;
  readonly job: string;
  readonly codes: readonly number[];
  readonly events: readonly Fields[];
  readonly losses: readonly number[];
  readonly norms: readonly number[];
  readonly ended: Fields | undefined;
  /** What failed ranks left, by rank. */
  readonly errors: readonly Fields[];
}

/** Carries out cases one after the other. */
export function carryOut(python: string, root: string, cases: readonly Case[]): readonly Ran[] {
  const prepared = cases.map((one) => prepare(root, one));
  const list = path.join(mkdtempSync(path.join(root, 'cases-')), 'cases.json');
  const asked = cases.map(({ ranks = 1, faults = {} }, index) => ({ folder: prepared[index]!.job, ranks, faults }));
  writeFileSync(list, JSON.stringify(asked));
  const env = { ...process.env, PYTHONPATH: packageFolder, PYTHONWARNINGS: 'ignore', OMP_NUM_THREADS: '1' };
  const ran = spawnSync(python, [path.join(import.meta.dirname, 'forked_ranks.py'), list], { env, encoding: 'utf8' });
  if (ran.status !== 0) throw new Error(`forked_ranks.py failed: ${ran.stderr.slice(-2000)}`);
  const codes = JSON.parse(ran.stdout.trim().split('\n').at(-1) as string) as readonly (readonly number[])[];
  return prepared.map((place, index) => ({ ...place, codes: codes[index]!, ...outcomeIn(place.job) }));
}

function prepare(root: string, { from, after, fields = {} }: Case): { folder: string; job: string } {
  const folder = after?.folder ?? mkdtempSync(path.join(root, 'ran-'));
  const job = path.join(folder, `job-${readdirSync(folder).length}`);
  cpSync(path.join(from, 'job'), job, { recursive: true });
  const written = JSON.parse(readFileSync(path.join(job, 'job.json'), 'utf8')) as Fields;
  const places = { resume: path.join(folder, 'resume.safetensors'), shardedResume: path.join(folder, 'sharded') };
  writeFileSync(path.join(job, 'job.json'), JSON.stringify({ ...written, ...places, ...fields }));
  return { folder, job };
}

/** What a job left in its folder. */
export function outcomeIn(job: string): Omit<Ran, 'folder' | 'job' | 'codes'> {
  const file = path.join(job, 'events.jsonl');
  // Whole lines: a job that is still running may be in the middle of one, and none has an event before its first step.
  const lines = existsSync(file) ? readFileSync(file, 'utf8').split('\n').slice(0, -1) : [];
  const events = lines.map((line) => JSON.parse(line) as Fields);
  const numbers = (of: (event: Fields) => unknown): readonly number[] =>
    events.flatMap((event) => (of(event) === undefined ? [] : [of(event) as number]));
  return {
    events,
    losses: numbers((event) => (event['kind'] === 'progress' ? event['loss'] : undefined)),
    norms: numbers((event) => (event['name'] === 'train/gradient_norm' ? event['value'] : undefined)),
    ended: events.findLast((event) => event['kind'] === 'ended'),
    errors: readdirSync(job)
      .filter((name) => name.endsWith('.error.json'))
      .sort()
      .map((name) => JSON.parse(readFileSync(path.join(job, name), 'utf8')) as Fields),
  };
}

/** Of the steps that both took, counted from the last: the largest difference of losses, relative above 1. */
export function apart(one: Pick<Ran, 'losses'>, other: Pick<Ran, 'losses'>): number {
  const [a, b] = [one.losses, other.losses.length === 0 ? [NaN] : other.losses];
  return Math.max(...b.toReversed().map((loss, back) => relative(a.at(-1 - back) as number, loss)));
}

const relative = (a: number, b: number): number => Math.abs(a - b) / Math.max(1, Math.abs(a));

/** Milliseconds of a test. Each takes seconds on an idle machine. */
export const limit = 1_800_000;
