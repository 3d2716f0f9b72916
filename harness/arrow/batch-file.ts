/** An Arrow IPC file written one record batch after another, so that only one of them is in memory. */
import { closeSync, openSync, writeSync } from 'node:fs';
import { setImmediate } from 'node:timers/promises';
import type { RecordBatch, RecordBatchFileWriter } from 'apache-arrow';
import { arrow } from './load.ts';

/** Replaces the file. It is whole once `close` has returned; at least one batch has to be written. */
export class BatchFile {
  readonly #file: number;
  readonly #writer: RecordBatchFileWriter;
  readonly #written: Promise<void>;

  constructor(path: string) {
    this.#file = openSync(path, 'w');
    this.#writer = new (arrow().RecordBatchFileWriter)();
    this.#written = this.#writeOut();
    // A failure is thrown where the next batch is written, and by `close`.
    this.#written.catch(() => {});
  }

  /** All batches of a file have equal schemas. @throws Error of the file system. */
  async write(batch: RecordBatch): Promise<void> {
    this.#writer.write(batch);
    // The library queues bytes without limit. They are taken from the queue before this goes on.
    await Promise.race([setImmediate(), this.#written]);
  }

  async close(): Promise<void> {
    this.#writer.finish();
    await this.#written;
  }

  /** Lets go of the file, which is then cut off and refused by every reader. */
  abandon(): void {
    // Not `abort`, which writes the footer.
    void this.#writer[Symbol.asyncIterator]().return?.();
  }

  async #writeOut(): Promise<void> {
    try {
      for await (const bytes of this.#writer) writeFully(this.#file, bytes);
    } finally {
      closeSync(this.#file);
    }
  }
}

function writeFully(file: number, bytes: Uint8Array): void {
  for (let written = 0; written < bytes.length;) written += writeSync(file, bytes, written);
}
