/**
 * Hands stages to sbatch. Those that become ready at about the same time go out as one job array. The batch is written
 * down before it is submitted, under the name that its job will have: whatever happens in between, the job is found.
 */
import { appendFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  batchPlace,
  forgetBatch,
  jobLogFile,
  newBatchName,
  noteBatch,
  submissionsLogFile,
  writeBatch,
} from '../../store/index.ts';
import { askSlurm } from './ask-slurm.ts';
import { chunksOf, jobScript, type JobRequest } from './job-script.ts';
import { Patience } from './patience.ts';
import { lookAtQueue } from './queue.ts';

export interface Submission {
  readonly id: string;
  readonly attempt: number;
  readonly command: readonly string[];
  readonly request: JobRequest;
  /** Asked just before it goes out. */
  isWanted(): boolean;
  submitted(place: JobPlace): void;
  refused(why: string): void;
}

/** Which task of which batch. */
export interface JobPlace {
  readonly name: string;
  readonly number: number;
}

export interface SubmitterOptions {
  readonly resultsFolder: string;
  tell(text: string): void;
  /** Aborted when nothing more is to be submitted. */
  readonly stopped: AbortSignal;
}

/** How long a stage waits for others to go out with it. */
const gatherMs = 1_000;
/** Slurm's own defaults. */
const usualArraySize = 1_001;
/** A script of more would grow past what sites take. */
const mostTasks = 1_000;

export class Submitter {
  readonly #options: SubmitterOptions;
  readonly #patience: Patience;
  #gathered: Submission[] = [];
  #sending: Promise<void> = Promise.resolve();
  #tasksInArray: number | null = null;

  constructor(options: SubmitterOptions) {
    this.#options = options;
    this.#patience = new Patience((text) => options.tell(text));
  }

  add(submission: Submission): void {
    this.#gathered.push(submission);
    if (this.#gathered.length > 1) return;
    setTimeout(() => {
      const all = this.#gathered;
      this.#gathered = [];
      this.#sending = this.#sending.then(() => this.#send(all));
    }, gatherMs);
  }

  /** Resolves when nothing is being submitted. */
  async settled(): Promise<void> {
    await this.#sending;
  }

  async #send(all: readonly Submission[]): Promise<void> {
    try {
      const most = await this.#mostInArray();
      for (const group of alike(all.filter((one) => one.isWanted())))
        for (const chunk of chunksOf(group, most)) await this.#submit(chunk);
    } catch (error) {
      // A full disk, say, when the batch is written down.
      for (const one of all) one.refused(error instanceof Error ? error.message : String(error));
    }
  }

  /** The limit is on the numbers of an array, which begin at 0. */
  async #mostInArray(): Promise<number> {
    while (this.#tasksInArray === null) {
      const answer = await askSlurm('scontrol', ['show', 'config']);
      const size = answer.kind === 'answered' ? /MaxArraySize\s*=\s*(\d+)/.exec(answer.text)?.[1] : undefined;
      if (answer.kind !== 'unreachable' || this.#options.stopped.aborted)
        this.#tasksInArray = Math.max(1, Math.min(mostTasks, Number(size ?? usualArraySize)));
      else await this.#wait(answer.why);
    }
    return this.#tasksInArray;
  }

  async #submit(chunk: readonly Submission[]): Promise<void> {
    const { resultsFolder } = this.#options;
    const name = newBatchName();
    const batch = { name, stages: chunk.map(({ id, attempt }) => ({ id, attempt })), jobId: null };
    const [{ request } = { request: [] }] = chunk;
    const commands = chunk.map(({ command }) => command);
    writeBatch(resultsFolder, batch, jobScript(name, request, commands));
    const sent = await this.#sbatch(name);
    this.#log(name, sent, chunk);
    if (sent.kind === 'submitted') {
      noteBatch(resultsFolder, { ...batch, jobId: sent.jobId });
      return this.#handOver(chunk, name, sent.jobId);
    }
    forgetBatch(resultsFolder, name);
    for (const one of chunk) one.refused(sent.why);
  }

  /** What was told to stop while sbatch was asked is taken back. */
  async #handOver(chunk: readonly Submission[], name: string, jobId: string): Promise<void> {
    const unwanted: string[] = [];
    for (const [number, one] of chunk.entries())
      if (one.isWanted()) one.submitted({ name, number });
      else unwanted.push(`${jobId}_${number}`);
    if (unwanted.length > 0) await askSlurm('scancel', unwanted);
    if (unwanted.length === chunk.length) forgetBatch(this.#options.resultsFolder, name);
  }

  async #wait(why: string): Promise<void> {
    const { stopped } = this.#options;
    await sleep(this.#patience.unanswered(why), undefined, { signal: stopped }).catch(() => {});
  }

  #log(name: string, sent: Sent, chunk: readonly Submission[]): void {
    const what = sent.kind === 'submitted' ? `job ${sent.jobId}` : `refused: ${sent.why}`;
    const line = `${new Date().toISOString()} ${name} ${what}: ${chunk.map(({ id }) => id).join(' ')}\n`;
    appendFileSync(submissionsLogFile(this.#options.resultsFolder), line);
  }

  async #sbatch(name: string): Promise<Sent> {
    const { resultsFolder, stopped } = this.#options;
    const { folder, script } = batchPlace(resultsFolder, name);
    const output = jobLogFile(resultsFolder, name, '\0').replaceAll('%', '%%').replace('\0', '%a');
    for (;;) {
      if (stopped.aborted) return { kind: 'refused', why: 'the sweep was stopped before it was submitted' };
      const answer = await askSlurm('sbatch', ['--parsable', `--chdir=${folder}`, `--output=${output}`, script]);
      const [, jobId] = answer.kind === 'answered' ? (/^(\d+)(?:;.*)?$/m.exec(answer.text) ?? []) : [];
      if (jobId !== undefined) return this.#accepted(jobId);
      // An answer that came too late, or that no id can be read from: the queue knows the name.
      const queue = await lookAtQueue([name]);
      const found = queue instanceof Map ? [...queue.values()][0] : undefined;
      if (found !== undefined) return this.#accepted(found.jobId.replace(/_.*/, ''));
      if (answer.kind === 'answered') return { kind: 'refused', why: answer.text || 'sbatch said nothing' };
      if (answer.kind === 'refused') return answer;
      await this.#wait(answer.why);
    }
  }

  #accepted(jobId: string): Sent {
    this.#patience.answered();
    return { kind: 'submitted', jobId };
  }
}

type Sent = { readonly kind: 'submitted'; readonly jobId: string } | { readonly kind: 'refused'; readonly why: string };

/** Stages that ask for the same, together. */
function alike(all: readonly Submission[]): readonly (readonly Submission[])[] {
  const groups = new Map<string, Submission[]>();
  for (const one of all) {
    const key = one.request.join('\n');
    groups.set(key, [...(groups.get(key) ?? []), one]);
  }
  return [...groups.values()];
}
