/**
 * `order.arrow`: which pairs each step of a training stage takes, by index into its pairs. Written before the first
 * step and then read, never computed twice, so that a program in another language can repeat the very same batches.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { arrow } from '../arrow/index.ts';
import type { BatchOrder } from '../train/index.ts';

export const orderFile = 'order.arrow';

/**
 * Columns `step` and `pair` (int32), one row a pair, in the order of the batch. All steps of the run so far, also those
 * of the stages before: whether a trunk was continued or trained anew must not show in its files.
 */
export function writeOrder(folder: string, order: Pick<BatchOrder, 'at'>, untilStep: number): void {
  const { Int32, Table, tableToIPC, vectorFromArray } = arrow();
  const steps: number[] = [];
  const pairs: number[] = [];
  for (let step = 0; step < untilStep; step++)
    for (const pair of order.at(step)) {
      steps.push(step);
      pairs.push(pair);
    }
  const table = new Table({ step: vectorFromArray(steps, new Int32()), pair: vectorFromArray(pairs, new Int32()) });
  writeFileSync(path.join(folder, orderFile), tableToIPC(table, 'file'));
}

/** Indices of the pairs of a step. @throws RangeError for a step that the file does not have. */
export function readOrder(folder: string): (step: number) => readonly number[] {
  const table = arrow().tableFromIPC(readFileSync(path.join(folder, orderFile)));
  const column = (name: string): ArrayLike<number> => table.getChild(name)?.toArray() as ArrayLike<number>;
  const [steps, pairs] = [column('step'), column('pair')];
  const batches = rowsByStep(steps, pairs);
  return (step) => {
    const batch = batches.get(step);
    if (batch === undefined) throw new RangeError(`${path.join(folder, orderFile)} has no step ${step}`);
    return batch;
  };
}

function rowsByStep(steps: ArrayLike<number>, pairs: ArrayLike<number>): ReadonlyMap<number, readonly number[]> {
  const batches = new Map<number, number[]>();
  for (let row = 0; row < steps.length; row++) {
    const step = steps[row] as number;
    const batch = batches.get(step);
    if (batch === undefined) batches.set(step, [pairs[row] as number]);
    else batch.push(pairs[row] as number);
  }
  return batches;
}
