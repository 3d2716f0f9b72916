/** Rows of a file, one at a time, each held against a schema. */
import { z } from 'zod';
import { UserError } from '../../spec/user-error.ts';
import { placeOf, readRows } from '../row-files/row-file.ts';
import { fetchDatasetFile, type FetchOptions } from './fetch-file.ts';
import { datasetFile, loadDatasetManifest } from './manifest.ts';

/** A row and where it stands: its number from 1, and the place for messages. */
export interface CheckedRow<T> {
  readonly row: number;
  readonly place: string;
  readonly value: T;
}

/** Rows of a user's own file in a public format. @throws UserError (2) with file and line of the first other row. */
export function fileRows<T>(path: string, schema: z.ZodType<T>, format: string): AsyncGenerator<CheckedRow<T>> {
  return checkedRows(path, schema, { exitCode: 2, hint: `The rows must be those of ${format}.` });
}

/**
 * Rows of one file of a dataset, brought into the cache first.
 * @throws UserError (3) where the file cannot be had, a row has another shape, or there are not as many rows as the
 * manifest says.
 */
export async function* datasetRows<T>(
  dataset: string,
  file: string,
  schema: z.ZodType<T>,
  options: FetchOptions,
): AsyncGenerator<CheckedRow<T>> {
  const manifest = loadDatasetManifest(dataset);
  const path = await fetchDatasetFile(manifest, file, options);
  const hint = 'this version of the dataset has another format';
  let rows = 0;
  for await (const row of checkedRows(path, schema, { exitCode: 3, hint })) {
    rows += 1;
    yield row;
  }
  const expected = datasetFile(manifest, file).rows;
  if (rows === expected) return;
  throw new UserError(`${path}: ${rows} rows, and the manifest of ${dataset} says ${expected}`, { exitCode: 3, hint });
}

/** All rows of one file of a dataset, in its order. @throws as `datasetRows` */
export async function allDatasetRows<T>(
  dataset: string,
  file: string,
  schema: z.ZodType<T>,
  options: FetchOptions,
): Promise<T[]> {
  const all: T[] = [];
  for await (const { value } of datasetRows(dataset, file, schema, options)) all.push(value);
  return all;
}

async function* checkedRows<T>(
  path: string,
  schema: z.ZodType<T>,
  refusal: { readonly exitCode: 2 | 3; readonly hint: string },
): AsyncGenerator<CheckedRow<T>> {
  for await (const read of readRows(path)) {
    const place = placeOf(path, read);
    const parsed = schema.safeParse(read.value);
    if (!parsed.success) throw new UserError(`${place}: ${z.prettifyError(parsed.error)}`, refusal);
    yield { row: read.row, place, value: parsed.data };
  }
}
