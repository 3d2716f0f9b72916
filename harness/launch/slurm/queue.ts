/** What `squeue` says of jobs. It is a hint: what came of a stage stands in its folder. */
import { askSlurm } from './ask-slurm.ts';

export interface QueuedJob {
  /** `<job>_<number>`, as scancel takes it. */
  readonly jobId: string;
  readonly state: string;
  /** Why it waits, or how it ended. */
  readonly reason: string;
  readonly node: string;
}

/** By the name of the batch and the number in it: `taskKey`. */
export type Queue = ReadonlyMap<string, QueuedJob>;

export const taskKey = (name: string, number: number): string => `${name} ${number}`;

const format = '%F|%K|%j|%T|%N|%r';

/** Slurm's states of a job that will not run again by itself. */
const ended: ReadonlySet<string> = new Set([
  'BOOT_FAIL',
  'CANCELLED',
  'COMPLETED',
  'DEADLINE',
  'FAILED',
  'NODE_FAIL',
  'OUT_OF_MEMORY',
  'REVOKED',
  'TIMEOUT',
]);

export const isWaiting = ({ state }: QueuedJob): boolean =>
  state === 'PENDING' || state === 'REQUEUED' || state === 'REQUEUE_HOLD' || state === 'SPECIAL_EXIT';
/** It will not run again by itself. PREEMPTED is on its way back into the queue, or to another of these. */
export const hasEnded = ({ state }: QueuedJob): boolean => ended.has(state);

/** The jobs of these batches, ended ones included for as long as Slurm remembers them. null: no answer. */
export async function lookAtQueue(names: readonly string[]): Promise<Queue | { readonly why: string }> {
  if (names.length === 0) return new Map();
  const args = ['--noheader', '--array', '--states=all', `--name=${names.join(',')}`, `--format=${format}`];
  const answer = await askSlurm('squeue', args);
  return answer.kind === 'answered' ? parseQueue(answer.text) : answer;
}

export function parseQueue(text: string): Queue {
  const queue = new Map<string, QueuedJob>();
  for (const line of text.split('\n')) {
    const [job, number, name, state, node = '', ...reason] = line.trim().split('|');
    if (job === undefined || number === undefined || name === undefined || state === undefined) continue;
    if (!/^\d+$/.test(job) || !/^\d+$/.test(number)) continue;
    const key = taskKey(name, Number(number));
    const found = { jobId: `${job}_${number}`, state, node, reason: reason.join('|') };
    const before = queue.get(key);
    // One that was submitted twice by a controller that answered too late: what still runs counts.
    if (before === undefined || hasEnded(before)) queue.set(key, found);
  }
  return queue;
}
