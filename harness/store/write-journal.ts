/**
 * Writing the journal of one attempt: append-only, one line an event, each straight to the file, so that a `kill -9`
 * loses no event. A line torn by an earlier kill is cut off on opening; the lines before it are never touched.
 */
import { closeSync, fstatSync, fsyncSync, ftruncateSync, openSync, readSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import type { JournalEvent } from './journal-event.ts';
import { stageFiles } from './layout.ts';

/** Progress lines are for people who look at a running stage from outside; one every two seconds is enough. */
const progressEveryMs = 2_000;

export class Journal {
  readonly #descriptor: number;
  readonly #attempt: number;
  readonly #startedAt = new Date().toISOString();
  #isAttemptWritten = false;
  #lastProgressMs = 0;
  #isClosed = false;

  constructor(folder: string, attempt: number) {
    this.#descriptor = openForAppend(join(folder, stageFiles.journal));
    this.#attempt = attempt;
  }

  /**
   * The attempt's own line comes first. A stage that continues from a resume point says so by emitting an `attempt`
   * event with `resumedFromStep` before anything else; number and time are the runner's.
   */
  append(event: JournalEvent): void {
    if (this.#isClosed) return; // a stray timer of a stage that has ended
    if (event.kind === 'attempt') return this.#writeAttempt(event.resumedFromStep);
    if (event.kind === 'progress' && !this.#isProgressDue()) return;
    this.#writeAttempt(null);
    this.#write(event);
  }

  /** An event outside an attempt: a note on damage, or the outcome of a worker that could not write it itself. */
  note(event: JournalEvent): void {
    this.#write(event);
    this.sync();
  }

  sync(): void {
    fsyncSync(this.#descriptor);
  }

  close(): void {
    this.#isClosed = true;
    closeSync(this.#descriptor);
  }

  #writeAttempt(resumedFromStep: number | null): void {
    if (this.#isAttemptWritten) return;
    this.#write({ kind: 'attempt', attempt: this.#attempt, startedAt: this.#startedAt, resumedFromStep });
    this.#isAttemptWritten = true;
  }

  #isProgressDue(): boolean {
    const now = Date.now();
    if (now - this.#lastProgressMs < progressEveryMs) return false;
    this.#lastProgressMs = now;
    return true;
  }

  #write(event: JournalEvent): void {
    const line = Buffer.from(`${JSON.stringify(event)}\n`);
    const size = fstatSync(this.#descriptor).size;
    try {
      for (let written = 0; written < line.length;) written += writeSync(this.#descriptor, line, written);
    } catch (error) {
      ftruncateSync(this.#descriptor, size); // a full disk takes half a line; take it back
      throw error;
    }
  }
}

function openForAppend(file: string): number {
  const descriptor = openSync(file, 'a+');
  const { size } = fstatSync(descriptor);
  const end = endOfLastLine(descriptor, size);
  if (end < size) ftruncateSync(descriptor, end);
  return descriptor;
}

function endOfLastLine(descriptor: number, size: number): number {
  const chunk = Buffer.alloc(64 * 1024);
  for (let end = size; end > 0;) {
    const start = Math.max(0, end - chunk.length);
    const length = readSync(descriptor, chunk, 0, end - start, start);
    const newline = chunk.subarray(0, length).lastIndexOf(0x0a);
    if (newline >= 0) return start + newline + 1;
    end = start;
  }
  return 0;
}
