/** How a file of rows is read, by its name. */
import path from 'node:path';
import { UserError } from '../../spec/user-error.ts';

type Format = 'jsonl' | 'json' | 'parquet';
type Compression = 'uncompressed' | 'gzip' | 'zstd';

export interface RowFormat {
  readonly format: Format;
  readonly compression: Compression;
}

const formats: Readonly<Record<string, Format>> = {
  '.jsonl': 'jsonl',
  '.ndjson': 'jsonl',
  '.json': 'json',
  '.parquet': 'parquet',
};
const compressions: Readonly<Record<string, Compression>> = { '.gz': 'gzip', '.zst': 'zstd', '.zstd': 'zstd' };

/** What a file may be called, for messages. */
export const rowFileNames = '.jsonl, .json or .parquet (.jsonl and .json also with .gz or .zst behind)';

/** null where the name says nothing. Parquet compresses its own pages. */
export function rowFormat(file: string): RowFormat | null {
  const last = path.extname(file).toLowerCase();
  const compression = compressions[last] ?? 'uncompressed';
  const format =
    formats[compression === 'uncompressed' ? last : path.extname(file.slice(0, -last.length)).toLowerCase()];
  if (format === undefined || (format === 'parquet' && compression !== 'uncompressed')) return null;
  return { format, compression };
}

/** @throws UserError (2) where the name says nothing. */
export function requireRowFormat(file: string): RowFormat {
  const read = rowFormat(file);
  if (read !== null) return read;
  throw new UserError(`${file}: expected a file named ${rowFileNames}`, {
    exitCode: 2,
    hint: 'Rename the file, or write it in one of these formats.',
  });
}
