/** What Python says of a job while it carries it out: a JSON object a line in the job's folder. */
import { closeSync, openSync, readSync, statSync } from 'node:fs';
import path from 'node:path';
import { UserError } from '../../spec/index.ts';

/** One event of a job, as Python wrote it. */
export type JobEvent = Readonly<Record<string, unknown>> & { readonly kind: string };

/** Hands on whole lines of a file that grows, each byte read once. */
export class EventReader {
  readonly #file: string;
  readonly #onEvent: (event: JobEvent) => void;
  #offset = 0;
  #rest = '';
  last: JobEvent | null = null;

  constructor(job: string, onEvent: (event: JobEvent) => void) {
    this.#file = path.join(job, 'events.jsonl');
    this.#onEvent = onEvent;
  }

  read(): void {
    // Python writes ASCII, so that no character is cut.
    const lines = (this.#rest + this.#grown()).split('\n');
    this.#rest = lines.pop() ?? '';
    for (const line of lines) {
      this.last = JSON.parse(line) as JobEvent;
      this.#onEvent(this.last);
    }
  }

  /**
   * The event that says how the job ended; null where it did not say so.
   * @throws UserError (2, 3, 4) where Python refused the job.
   */
  ended(): JobEvent | null {
    const { last } = this;
    if (last?.kind !== 'ended') return null;
    if (last['outcome'] === 'refused') throw refusal(last);
    return last;
  }

  #grown(): string {
    const size = statSync(this.#file, { throwIfNoEntry: false })?.size ?? 0;
    if (size <= this.#offset) return '';
    const bytes = Buffer.alloc(size - this.#offset);
    const descriptor = openSync(this.#file, 'r');
    this.#offset += readSync(descriptor, bytes, 0, bytes.length, this.#offset);
    closeSync(descriptor);
    return bytes.toString('latin1');
  }
}

function refusal(event: JobEvent): UserError {
  return new UserError(`backend torch: ${String(event['message'])}`, {
    exitCode: Number(event['exitCode']) as 2 | 3 | 4,
    hint: String(event['hint']),
  });
}
