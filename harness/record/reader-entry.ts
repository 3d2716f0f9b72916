/** The file that a thread of `read-stages.ts` starts with: it reads stages, batch by batch, as it is asked. */
import { parentPort, workerData } from 'node:worker_threads';
import { CheckedStages } from '../store/index.ts';
import { type NumberTable, WordCodes } from './coded-rows.ts';
import { readBatch } from './read-batch.ts';
import type { BatchAnswer, BatchQuestion, ReaderSettings } from './read-stages.ts';

const { resultsFolder, number, readers } = workerData as ReaderSettings;
const checked = new CheckedStages(resultsFolder);
const words = new WordCodes(number, readers);

parentPort?.on('message', ({ sources }: BatchQuestion) => {
  void readBatch({ sources, checked, words }).then((read) => {
    const rows = { ...read, metrics: packed(read.metrics), items: packed(read.items) };
    const answer: BatchAnswer = { rows, sound: checked.soundOf(sources.map(({ name }) => name)) };
    const buffers = [rows.metrics, rows.items].flatMap(({ columns }) => columns.map(({ buffer }) => buffer));
    parentPort?.postMessage(answer, buffers);
  });
});

/** Arrays of one type are handed over instead of being copied value by value. */
const packed = ({ rows, columns }: NumberTable): { rows: number; columns: Float64Array<ArrayBuffer>[] } => ({
  rows,
  columns: columns.map((column) => Float64Array.from(column)),
});
