/** What changed in a results folder since it was last collected. */
import type { DuckDBConnection } from '@duckdb/node-api';
import { type RecordSource, findSources } from '../store/index.ts';
import { digestOf, signatureOf } from './signature.ts';

/** A source as it was collected; a row of `collected`. */
export interface Collected {
  readonly path: string;
  readonly kind: string;
  readonly name: string;
  readonly signature: string;
  readonly sha256: string;
  readonly problem: string | null;
}

export interface ChangedSource extends RecordSource {
  readonly signature: string;
  readonly sha256: string;
  /** Its contents are those that were collected: the rows stay. */
  readonly isOnlyTouched: boolean;
}

export interface Changes {
  readonly changed: readonly ChangedSource[];
  readonly removed: readonly Collected[];
  readonly unchanged: readonly Collected[];
}

export function findChanges(resultsFolder: string, known: ReadonlyMap<string, Collected>): Changes {
  const sources = findSources(resultsFolder);
  const changed = sources.flatMap((source) => changeOf(source, known.get(source.path)));
  const present = new Set(sources.map(({ path }) => path));
  const isChanged = new Set(changed.map(({ path }) => path));
  return {
    changed,
    removed: [...known.values()].filter(({ path }) => !present.has(path)),
    unchanged: [...known.values()].filter(({ path }) => present.has(path) && !isChanged.has(path)),
  };
}

/** Nothing where the source is as it was collected. What could not be read well is always read again. */
function changeOf(source: RecordSource, known: Collected | undefined): readonly ChangedSource[] {
  const signature = signatureOf(source.folder, source.files);
  if (signature === known?.signature) return [];
  const sha256 = digestOf(source.folder, source.files);
  return [{ ...source, signature, sha256, isOnlyTouched: sha256 === known?.sha256 && known.problem === null }];
}

export async function readCollected(connection: DuckDBConnection): Promise<ReadonlyMap<string, Collected>> {
  const reader = await connection.runAndReadAll('SELECT path, kind, name, signature, sha256, problem FROM collected');
  const rows = reader.getRowObjectsJS() as unknown as readonly Collected[];
  return new Map(rows.map((row) => [row.path, row]));
}
