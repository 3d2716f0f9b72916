/**
 * Reading stages into rows. Where there are thousands, as in a folder that was copied here, threads do it: most of the
 * time goes into opening, hashing and parsing small files.
 */
import { availableParallelism } from 'node:os';
import { dirname, extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import type { CheckedStages, SoundStages, RecordSource } from '../store/index.ts';
import { WordCodes } from './coded-rows.ts';
import { readBatch } from './read-batch.ts';
import type { StageRows } from './stage-rows.ts';

/** Of one reader. Every code of a text is `number` plus a multiple of `readers`. */
export interface ReaderSettings {
  readonly resultsFolder: string;
  readonly number: number;
  readonly readers: number;
}
export interface BatchQuestion {
  readonly sources: readonly RecordSource[];
}
export interface BatchAnswer {
  readonly rows: StageRows;
  readonly sound: SoundStages;
}

/** Nearly all that a reader makes is garbage at once; room for more of it is memory for nothing. */
const resourceLimits = { maxYoungGenerationSizeMb: 12 };

/** Stages of a batch: their rows are a megabyte at most. */
const batchStages = 128;
/** A thread starts in a quarter of a second; so many stages take one. */
const stagesWorthThreads = 2_000;
/** More do not get their files any faster from one disk. */
const mostThreads = 8;

export interface ReadOptions {
  readonly resultsFolder: string;
  readonly checked: CheckedStages;
  /** Threads that read; 0: this one alone. As many as pay where it is left out. */
  readonly threads?: number | undefined;
}

/** The rows of the stages in the order of `sources`, batch by batch. Damage becomes a row, and never throws. */
export async function* readStages(sources: readonly RecordSource[], options: ReadOptions): AsyncGenerator<StageRows> {
  const { checked, threads = threadsFor(sources.length, checked) } = options;
  const batches = batchesOf(sources);
  if (threads > 0) yield* readInThreads(batches, options, threads);
  else {
    const words = new WordCodes();
    for (const batch of batches) yield await readBatch({ sources: batch, checked, words });
  }
}

/** Sources that TypeScript has not compiled cannot be started as a thread. */
function threadsFor(stages: number, checked: CheckedStages): number {
  if (stages < stagesWorthThreads || !checked.isWhole || extname(entryFile()) !== '.js') return 0;
  return Math.min(mostThreads, availableParallelism());
}

const batchesOf = (sources: readonly RecordSource[]): readonly (readonly RecordSource[])[] =>
  Array.from({ length: Math.ceil(sources.length / batchStages) }, (_, index) =>
    sources.slice(index * batchStages, (index + 1) * batchStages),
  );

async function* readInThreads(
  batches: readonly (readonly RecordSource[])[],
  { resultsFolder, checked }: ReadOptions,
  threads: number,
): AsyncGenerator<StageRows> {
  const readers = Array.from(
    { length: threads },
    (_, number) => new Reader({ resultsFolder, number, readers: threads }),
  );
  const asked: Promise<BatchAnswer>[] = [];
  const next = async (): Promise<StageRows> => {
    const { rows, sound } = await (asked.shift() as Promise<BatchAnswer>);
    checked.addSound(sound);
    return rows;
  };
  try {
    for (const [index, batch] of batches.entries()) {
      asked.push((readers[index % threads] as Reader).read(batch));
      // Each reader has one batch to work on and one that waits: more would be memory.
      if (asked.length === 2 * threads) yield await next();
    }
    while (asked.length > 0) yield await next();
  } finally {
    for (const reader of readers) reader.end();
  }
}

/** One thread. It answers in the order of the questions. */
class Reader {
  readonly #thread: Worker;
  readonly #waiting: { readonly resolve: (answer: BatchAnswer) => void; readonly reject: (error: Error) => void }[] =
    [];

  constructor(settings: ReaderSettings) {
    this.#thread = new Worker(entryFile(), { execArgv: [], resourceLimits, workerData: settings });
    this.#thread.on('message', (answer: BatchAnswer) => this.#waiting.shift()?.resolve(answer));
    this.#thread.on('error', (error: Error) => this.#fail(error));
    this.#thread.on('exit', (code) => this.#fail(new Error(`a thread that reads stages ended with ${code}`)));
  }

  read(sources: readonly RecordSource[]): Promise<BatchAnswer> {
    const answer = new Promise<BatchAnswer>((resolve, reject) => this.#waiting.push({ resolve, reject }));
    // Of several that fail together, the first one is told.
    answer.catch(() => undefined);
    this.#thread.postMessage({ sources } satisfies BatchQuestion, []);
    return answer;
  }

  end(): void {
    void this.#thread.terminate();
  }

  #fail(error: Error): void {
    for (const { reject } of this.#waiting.splice(0)) reject(error);
  }
}

function entryFile(): string {
  const here = fileURLToPath(import.meta.url);
  return join(dirname(here), `reader-entry${extname(here)}`);
}
