/**
 * Stages as jobs of Slurm: each runs `harness stage run FOLDER` on a node that sees the results folder. The folders are
 * the only channel. Jobs outlive this process, and the next one finds them by what is written down under results/jobs.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { backendOf, type Backend } from '../../backends/index.ts';
import type { SlurmSpec } from '../../spec/experiment-schema.ts';
import {
  forgetBatch,
  readBatches,
  submissionsLogFile,
  VerifiedFiles,
  type JobBatch,
  type StageTask,
} from '../../store/index.ts';
import { plural } from '../../text/index.ts';
import type { Launcher, Slot } from '../launcher.ts';
import { askSlurm } from './ask-slurm.ts';
import { jobRequest } from './job-script.ts';
import { JobSlot } from './job-slot.ts';
import { Patience } from './patience.ts';
import { hasEnded, lookAtQueue, taskKey, type Queue } from './queue.ts';
import { Submitter, type JobPlace } from './submitter.ts';

export interface SlurmOptions {
  readonly resultsFolder: string;
  readonly settings: SlurmSpec;
  /** The backend that the experiment chose; stages that it does not serve are ours. */
  readonly backend: string;
  readonly backends: readonly Backend[];
  /** What concerns all stages. */
  tell(text: string): void;
}

/** While stages are asked to leave, a person waits. */
const stoppingLookMs = 1_000;
/** After all jobs were ended: Slurm itself may not answer. */
const killedGraceMs = 5_000;

interface FoundJob {
  readonly place: JobPlace;
  readonly attempt: number;
}

export class SlurmLauncher implements Launcher {
  readonly name = 'slurm';
  readonly #options: SlurmOptions;
  readonly #verified = new VerifiedFiles();
  readonly #submitter: Submitter;
  readonly #patience: Patience;
  readonly #running = new Set<JobSlot>();
  /** Batches of ours -> stages in them that have not ended. */
  readonly #open = new Map<string, number>();
  #found: Promise<Map<string, FoundJob>> | null = null;
  #jobs = new Map<string, FoundJob>();
  #looking: Promise<void> | null = null;
  #unansweredUntilMs = 0;
  #wake = new AbortController();
  readonly #stopped = new AbortController();

  constructor(options: SlurmOptions) {
    this.#options = options;
    this.#patience = new Patience((text) => options.tell(text));
    this.#submitter = new Submitter({ ...options, stopped: this.#stopped.signal });
  }

  async underWay(stageId: string): Promise<number | null> {
    this.#found ??= this.#findJobs();
    this.#jobs = await this.#found;
    return this.#jobs.get(stageId)?.attempt ?? null;
  }

  async slot(): Promise<Slot> {
    const { resultsFolder } = this.#options;
    return new JobSlot({
      resultsFolder,
      submitLog: submissionsLogFile(resultsFolder),
      verified: this.#verified,
      submit: (task, slot) => this.#submit(task, slot),
      found: (stageId) => this.#take(stageId),
      watch: (slot) => this.#watch(slot),
      ended: (slot) => void this.#running.delete(slot),
      left: ({ name }) => this.#leave(name),
    });
  }

  stop(): void {
    this.#stopped.abort();
    for (const slot of this.#running) slot.stop();
    this.#wake.abort();
  }

  kill(): void {
    this.#stopped.abort();
    for (const slot of this.#running) slot.kill();
    this.#wake.abort();
    setTimeout(() => {
      for (const slot of this.#running) slot.abandon();
    }, killedGraceMs).unref();
  }

  async close(): Promise<void> {
    await this.#looking;
    await this.#submitter.settled();
  }

  #submit(task: StageTask, slot: JobSlot): void {
    const { settings, backend, backends } = this.#options;
    const chosen = backendOf(task.stage.kind, backend, backends);
    this.#submitter.add({
      id: task.stage.id,
      attempt: task.attempt,
      command: chosen.command(task),
      request: jobRequest(settings, task.execution, chosen.name === backend),
      isWanted: () => slot.isWanted,
      submitted: (place) => {
        this.#open.set(place.name, 1 + (this.#open.get(place.name) ?? 0));
        slot.submitted(place);
      },
      refused: (why) => slot.refused(why),
    });
  }

  #take(stageId: string): JobPlace | null {
    const found = this.#jobs.get(stageId);
    this.#jobs.delete(stageId);
    return found?.place ?? null;
  }

  /** The files of a batch go with its last stage; those of an earlier sweep when the next one looks. */
  #leave(name: string): void {
    const left = this.#open.get(name);
    if (left === undefined) return;
    if (left > 1) return void this.#open.set(name, left - 1);
    this.#open.delete(name);
    forgetBatch(this.#options.resultsFolder, name);
  }

  #watch(slot: JobSlot): void {
    this.#running.add(slot);
    this.#looking ??= this.#look().finally(() => (this.#looking = null));
  }

  async #look(): Promise<void> {
    while (this.#running.size > 0) {
      const queue = await this.#queue();
      for (const slot of this.#running) await slot.look(queue === null ? null : jobOf(slot, queue));
      await this.#ask();
      this.#wake = new AbortController();
      const pauseMs = this.#options.settings.pollSeconds * 1000;
      await sleep(this.#stopped.signal.aborted ? Math.min(stoppingLookMs, pauseMs) : pauseMs, undefined, {
        signal: this.#wake.signal,
      }).catch(() => {});
    }
  }

  /** null: no answer now. Folders are looked at all the same. */
  async #queue(): Promise<Queue | null> {
    if (performance.now() < this.#unansweredUntilMs) return null;
    const names = new Set([...this.#running].flatMap(({ place }) => (place === null ? [] : [place.name])));
    const queue = await lookAtQueue([...names]);
    if (!('why' in queue)) {
      this.#patience.answered();
      return queue;
    }
    this.#unansweredUntilMs = performance.now() + this.#patience.unanswered(queue.why);
    return null;
  }

  /** Jobs are asked together: a hundred calls would be a burden to the controller. */
  async #ask(): Promise<void> {
    const wishes = [...this.#running].map((slot) => ({ wish: slot.wish(), jobId: slot.jobId }));
    const idsOf = (wanted: string): readonly string[] =>
      wishes.flatMap(({ wish, jobId }) => (wish === wanted && jobId !== null ? [jobId] : []));
    const [toLeave, toEnd] = [idsOf('leave'), idsOf('end')];
    // --batch: to the script, which is the stage itself.
    if (toLeave.length > 0) await askSlurm('scancel', ['--signal=TERM', '--batch', ...toLeave]);
    if (toEnd.length > 0) await askSlurm('scancel', toEnd);
  }

  /** Jobs of earlier sweeps of this folder that wait or run, by their stage. */
  async #findJobs(): Promise<Map<string, FoundJob>> {
    const batches = readBatches(this.#options.resultsFolder);
    const queue = await this.#queueOf(batches);
    const jobs = new Map<string, FoundJob>();
    if (queue === null) return jobs;
    for (const { name, stages } of batches) {
      const alive = stages.flatMap(({ id, attempt }, number) => {
        const job = queue.get(taskKey(name, number));
        return job === undefined || hasEnded(job) ? [] : [{ id, attempt, number }];
      });
      for (const { id, attempt, number } of alive) jobs.set(id, { attempt, place: { name, number } });
      if (alive.length === 0) forgetBatch(this.#options.resultsFolder, name);
      else this.#open.set(name, alive.length);
    }
    if (jobs.size > 0)
      this.#options.tell(`${plural(jobs.size, 'job')} of an earlier sweep found again: waiting for what comes of them`);
    return jobs;
  }

  /** Waited for: without an answer stages would be submitted twice. null where the sweep is stopped meanwhile. */
  async #queueOf(batches: readonly JobBatch[]): Promise<Queue | null> {
    while (!this.#stopped.signal.aborted) {
      const queue = await lookAtQueue(batches.map(({ name }) => name));
      if (!('why' in queue)) {
        this.#patience.answered();
        return queue;
      }
      const pauseMs = this.#patience.unanswered(queue.why);
      await sleep(pauseMs, undefined, { signal: this.#stopped.signal }).catch(() => {});
    }
    return null;
  }
}

const jobOf = ({ place }: JobSlot, queue: Queue) =>
  place === null ? undefined : queue.get(taskKey(place.name, place.number));
