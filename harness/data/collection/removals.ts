/**
 * Code whose authors withdrew it from a collection: repositories (`owner/name`), owners, or ids of contents.
 * Collections publish such lists between their revisions, and their terms ask to honour them.
 */
import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { UserError } from '../../spec/index.ts';
import { readRows } from '../row-files/row-file.ts';
import { isNamedAsRows } from '../row-files/row-file-name.ts';

/** Columns of a list that name something withdrawn. */
const columns = [
  'repository',
  'repo_name',
  'repo_path',
  'repo',
  'owner',
  'username',
  'user',
  'content_id',
  'blob_id',
  'hexsha',
  'id',
];

/** Names and ids in lower case: GitHub's names have no case. */
export type Removals = ReadonlySet<string>;

/**
 * @param file One a line (`#` begins a comment), or rows of JSON or Parquet. @throws UserError (2) for another file.
 */
export async function readRemovals(file: string): Promise<Removals> {
  const removed = new Set<string>();
  for await (const written of isNamedAsRows(file) ? valuesOf(file) : linesOf(file)) {
    const name = plainName(written);
    if (name !== '') removed.add(name);
  }
  return removed;
}

/** Whether the repository, its owner or one of the ids is withdrawn. */
export function isRemoved(removals: Removals, repository: string | null, ids: readonly string[]): boolean {
  if (removals.size === 0) return false;
  const name = repository === null ? '' : plainName(repository);
  const owner = name.split('/', 1)[0] as string;
  return [name, owner, ...ids.map((id) => id.toLowerCase())].some((one) => one !== '' && removals.has(one));
}

function plainName(written: string): string {
  return written
    .replace(/#.*$/, '')
    .trim()
    .toLowerCase()
    .replace(/^(?:https?:\/\/)?github\.com\//, '')
    .replace(/(?:\.git)?\/?$/, '');
}

async function* linesOf(file: string): AsyncGenerator<string> {
  yield* createInterface({ input: createReadStream(file), crlfDelay: Infinity });
}

async function* valuesOf(file: string): AsyncGenerator<string> {
  for await (const { row, value } of readRows(file)) {
    const found = columns.flatMap((column) => {
      const one = (value as Readonly<Record<string, unknown>> | null)?.[column];
      return typeof one === 'string' ? [one] : [];
    });
    if (found.length === 0)
      throw new UserError(`${file}: row ${row} names nothing to remove`, {
        exitCode: 2,
        hint: `It needs one of ${columns.join(', ')}.`,
      });
    yield* found;
  }
}
