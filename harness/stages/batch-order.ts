/**
 * `order.arrow`: which pairs each step of a training stage takes, by their row. Written before the first step and then
 * read, never computed twice, so that a program in another language can repeat the very same batches.
 */
import path from 'node:path';
import type { RecordBatch } from 'apache-arrow';
import { arrow, BatchFile, openColumnFile, type BatchLayout, type ColumnFile, type Span } from '../arrow/index.ts';
import { UserError } from '../spec/user-error.ts';
import type { BatchOrder } from '../train/index.ts';

export const orderFile = 'order.arrow';

/** Rows of a record batch; the last may have fewer. */
const batchRows = 2 ** 18;

/**
 * Columns `step` and `pair` (int32), one row a pair, in the order of the batch. All steps of the run so far, also those
 * of the stages before: whether a trunk was continued or trained anew must not show in its files. Every step takes
 * equally many pairs.
 */
export async function writeOrder(folder: string, order: Pick<BatchOrder, 'at'>, untilStep: number): Promise<void> {
  const file = new BatchFile(path.join(folder, orderFile));
  const pairsPerStep = untilStep === 0 ? 1 : order.at(0).length;
  const stepsPerBatch = Math.max(1, Math.floor(batchRows / pairsPerStep));
  for (let from = 0; from === 0 || from < untilStep; from += stepsPerBatch)
    await file.write(stepsBatch(order, from, Math.min(untilStep, from + stepsPerBatch), pairsPerStep));
  await file.close();
}

function stepsBatch(order: Pick<BatchOrder, 'at'>, from: number, to: number, pairsPerStep: number): RecordBatch {
  const steps = new Int32Array((to - from) * pairsPerStep);
  const pairs = new Int32Array(steps.length);
  for (let step = from; step < to; step++) {
    const at = (step - from) * pairsPerStep;
    steps.fill(step, at, at + pairsPerStep);
    pairs.set(order.at(step), at);
  }
  const { Field, Int32, makeData, RecordBatch, Schema, Struct } = arrow();
  const fields = ['step', 'pair'].map((name) => new Field(name, new Int32(), false));
  const children = [steps, pairs].map((data) =>
    makeData({ type: new Int32(), length: data.length, nullCount: 0, data }),
  );
  return new RecordBatch(
    new Schema(fields),
    makeData({ type: new Struct(fields), length: steps.length, nullCount: 0, children }),
  );
}

/** The order as it stands in the file. */
export interface StoredOrder {
  /** Rows of the pairs of a step. @throws RangeError for a step that the file does not have. */
  at(step: number): readonly number[];
  close(): void;
}

/** @throws UserError (4) where the file is missing, cut off or another one. */
export function openOrder(folder: string): StoredOrder {
  const place = path.join(folder, orderFile);
  try {
    return orderIn(place, openColumnFile(place));
  } catch (cause) {
    throw new UserError(`${place}: ${cause instanceof Error ? cause.message : String(cause)}`, {
      exitCode: 4,
      hint: 'Remove the folder of this file and run the same command again.',
      cause,
    });
  }
}

function orderIn(place: string, file: ColumnFile): StoredOrder {
  const batches = file.batches.filter(({ rows }) => rows > 0).map((batch) => readBatch(file, batch));
  return {
    at: (step) => {
      const batch = batches.find(({ first, last }) => first <= step && step <= last);
      if (batch === undefined) throw new RangeError(`${place} has no step ${step}`);
      const from = (step - batch.first) * batch.pairsPerStep;
      return [...file.int32(batch.pairs, from, from + batch.pairsPerStep)];
    },
    close: () => file.close(),
  };
}

interface OrderBatch {
  /** Steps, both inclusive. */
  readonly first: number;
  readonly last: number;
  readonly pairsPerStep: number;
  readonly pairs: Span;
}

function readBatch(file: ColumnFile, { rows, columns }: BatchLayout): OrderBatch {
  const valuesOf = (name: string): Span => {
    const values = columns.get(name)?.values;
    if (!values) throw new Error(`the column ${name} is missing`);
    return values;
  };
  const steps = valuesOf('step');
  const [first, last] = [0, rows - 1].map((row) => file.int32(steps, row, row + 1)[0]) as [number, number];
  return { first, last, pairsPerStep: rows / (last - first + 1), pairs: valuesOf('pair') };
}
