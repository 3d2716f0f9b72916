/**
 * One stage at a time, as a job. Its end is read off its folder; what the queue says decides only whether there is
 * still something to wait for.
 */
import { existsSync } from 'node:fs';
import { jobLogFile, lastAttempt, VerifiedFiles, watchStage, type StageTask } from '../../store/index.ts';
import { damagedInput } from '../damaged-input.ts';
import { JournalReader } from '../journal-reader.ts';
import type { LiveMessage, Slot } from '../launcher.ts';
import { lastLinesOf } from '../worker-log.ts';
import type { WorkerReply } from '../worker-reply.ts';
import { hasEnded, isWaiting, type QueuedJob } from './queue.ts';
import { madeProgress, stageEnd } from './stage-end.ts';
import type { JobPlace } from './submitter.ts';

/** What a slot wants to be done with its job. */
export type Wish = 'leave' | 'end' | null;

export interface JobSlotOptions {
  readonly resultsFolder: string;
  /** Where the submissions are told. */
  readonly submitLog: string;
  readonly verified: VerifiedFiles;
  submit(task: StageTask, slot: JobSlot): void;
  /** The job of an earlier sweep that has this stage. */
  found(stageId: string): JobPlace | null;
  /** From now on it is to be looked at, until it has ended. */
  watch(slot: JobSlot): void;
  ended(slot: JobSlot): void;
  /** A task of a batch has ended. */
  left(place: JobPlace): void;
}

/**
 * Looks that find no job and no end, before the job counts as gone: network file systems show what another machine
 * wrote a moment later. A wrong answer costs time, no result.
 */
const looksUntilGone = 3;

/** Reasons of a wait that need nobody to do anything. */
const usualReasons: ReadonlySet<string> = new Set(['', 'None', 'Priority', 'Resources', 'BeginTime', 'Prolog']);

interface Current {
  readonly task: StageTask;
  readonly journal: JournalReader;
  onLive(message: LiveMessage): void;
  resolve(reply: WorkerReply): void;
}

export class JobSlot implements Slot {
  readonly pid = null;
  readonly #options: JobSlotOptions;
  #current: Current | null = null;
  #place: JobPlace | null = null;
  #job: QueuedJob | null = null;
  #goneLooks = 0;
  #lease: ReturnType<typeof watchStage> | null = null;
  #toldReason = '';
  #asked: 'nothing' | 'to leave' | 'to end' = 'nothing';
  #isAskedToLeave = false;

  constructor(options: JobSlotOptions) {
    this.#options = options;
  }

  get logFile(): string {
    const { resultsFolder, submitLog } = this.#options;
    return this.#place === null ? submitLog : jobLogFile(resultsFolder, this.#place.name, this.#place.number);
  }

  /** It has no processor yet, so that its time does not count. */
  get isWaiting(): boolean {
    return this.#job === null || isWaiting(this.#job);
  }

  get place(): JobPlace | null {
    return this.#place;
  }

  get jobId(): string | null {
    return this.#job?.jobId ?? null;
  }

  get isWanted(): boolean {
    return this.#current !== null && this.#asked === 'nothing';
  }

  lastLines(): readonly string[] {
    return this.#place !== null && existsSync(this.logFile) ? lastLinesOf(this.logFile, 0) : [];
  }

  async start(task: StageTask, onLive: (message: LiveMessage) => void): Promise<WorkerReply> {
    const place = this.#options.found(task.stage.id);
    const damaged = place === null ? await damagedInput(task, this.#options.verified) : null;
    if (damaged !== null) return damaged;
    return new Promise((resolve) => {
      const journal = new JournalReader(task.folder, task.attempt);
      this.#current = { task, onLive, resolve, journal };
      if (place !== null) this.submitted(place);
      else this.#options.submit(task, this);
      this.#options.watch(this);
    });
  }

  submitted(place: JobPlace): void {
    this.#place = place;
    this.#job = null;
    this.#goneLooks = 0;
    this.#isAskedToLeave = false;
  }

  /** sbatch does not take it. */
  refused(why: string): void {
    if (this.#asked !== 'nothing') return this.#end({ kind: 'result', result: { kind: 'interrupted' } });
    const message = `Slurm refused the job: ${why.split('\n').at(-1) ?? ''}`;
    const outcome = { kind: 'failed', errorClass: 'user', message, detail: why } as const;
    const hint = `See execution.slurm, and ${this.#options.submitLog}.`;
    this.#end({ kind: 'result', result: { kind: 'failed', outcome, hint, isDiskTrouble: false } });
  }

  stop(): void {
    if (this.#asked === 'nothing') this.#asked = 'to leave';
    if (this.#place === null) this.#end({ kind: 'result', result: { kind: 'interrupted' } });
  }

  kill(): void {
    this.#asked = 'to end';
    if (this.#place === null) this.#end({ kind: 'result', result: { kind: 'interrupted' } });
  }

  /** It is not waited for any longer. */
  abandon(): void {
    this.#vanish('it was ended');
  }

  /** @param job As the queue has it; undefined = not there. null = the queue did not answer. */
  async look(job: QueuedJob | undefined | null): Promise<void> {
    const current = this.#current;
    if (current === null || this.#place === null) return;
    if (job !== null && job !== undefined) this.#job = job;
    current.journal.read(current.onLive);
    const end = stageEnd(placeOf(current.task));
    if (end?.kind === 'committed' || end?.kind === 'failed') return this.#end({ kind: 'result', result: end });
    if (job === null) return;
    if (job !== undefined && !hasEnded(job)) {
      this.#goneLooks = 0;
      return this.#tellReason(job);
    }
    if (end?.kind === 'interrupted') return this.#left(job);
    if (this.#isGone(current.task)) await this.#gone(current);
  }

  /**
   * Somebody may carry the stage out without a job that can be seen: a task that was submitted twice, or one on a node
   * that Slurm has lost sight of.
   */
  #isGone({ folder }: StageTask): boolean {
    if (this.#goneLooks % looksUntilGone === 0) this.#lease = watchStage(folder);
    this.#goneLooks += 1;
    const standing = this.#lease?.look();
    if (this.#goneLooks % looksUntilGone !== 0) return false;
    return standing?.kind !== 'held' || !(standing.liveness === 'alive' || standing.hasBeaten);
  }

  /** What is to be asked of its job now. */
  wish(): Wish {
    if (this.#current === null || this.#job === null || hasEnded(this.#job) || this.#asked === 'nothing') return null;
    if (this.#asked === 'to end' || isWaiting(this.#job)) return 'end';
    // Once: a second signal would end it before it has saved.
    if (this.#isAskedToLeave) return null;
    this.#isAskedToLeave = true;
    return 'leave';
  }

  /** Saved and left: near its time limit, to make way for others, or because it was asked to. */
  #left(job: QueuedJob | undefined): void {
    const current = this.#current;
    if (current === null || this.#place === null) return;
    const { task, onLive } = current;
    const wasCancelled = job?.state === 'CANCELLED';
    if (this.#asked !== 'nothing' || wasCancelled || !madeProgress(placeOf(task)))
      return this.#end({ kind: 'result', result: { kind: 'interrupted' } });
    onLive({ type: 'note', text: `${this.#name()} left with its state saved: submitted again` });
    this.#options.left(this.#place);
    this.#place = null;
    this.#job = null;
    // What the next attempt says counts, not this end.
    this.#current = { ...current, task: { ...task, attempt: 1 + lastAttempt(task.folder) } };
    this.#options.submit(this.#current.task, this);
  }

  async #gone({ task }: Current): Promise<void> {
    // Found by the job, which has told nobody but its log.
    const damaged = await damagedInput(task, new VerifiedFiles());
    if (damaged !== null) return this.#end(damaged);
    const how = this.#job === null ? 'is not in the queue any more' : `ended (${this.#job.state})`;
    this.#vanish(`${how}, and the stage says nothing`);
  }

  #vanish(how: string): void {
    const errorClass = this.#job?.state === 'OUT_OF_MEMORY' ? 'oom' : 'infrastructure';
    const hint = errorClass === 'oom' ? 'Raise execution.slurm.memory.' : 'See the log of the job.';
    this.#end({ kind: 'vanished', errorClass, message: `${this.#name()} ${how}`, hint });
  }

  #name(): string {
    const { jobId = this.#place?.name ?? '', node = '' } = this.#job ?? {};
    return `job ${jobId}${node === '' ? '' : ` on ${node}`}`;
  }

  #tellReason(job: QueuedJob): void {
    if (!isWaiting(job) || usualReasons.has(job.reason) || job.reason === this.#toldReason) return;
    this.#toldReason = job.reason;
    const held = /held/i.test(job.reason) ? `; \`scontrol release ${job.jobId}\` lets it go on` : '';
    this.#current?.onLive({ type: 'note', text: `job ${job.jobId} waits: ${job.reason}${held}` });
  }

  #end(reply: WorkerReply): void {
    const current = this.#current;
    if (current === null) return;
    this.#current = null;
    this.#options.ended(this);
    if (this.#place !== null) this.#options.left(this.#place);
    current.resolve(reply);
  }
}

function placeOf({ folder, stage, attempt }: StageTask): Parameters<typeof stageEnd>[0] {
  return { folder, id: stage.id, attempt };
}
