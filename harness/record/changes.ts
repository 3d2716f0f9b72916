/** What changed in a results folder since it was last collected. */
import type { DuckDBConnection } from '@duckdb/node-api';
import { type CheckedStages, type RecordSource, findSources } from '../store/index.ts';
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

/** @param checked Stages are compared with their digests: damage is a change. */
export function findChanges(
  resultsFolder: string,
  known: ReadonlyMap<string, Collected>,
  checked: CheckedStages,
): Changes {
  const sources = findSources(resultsFolder);
  const changed = sources.flatMap((source) => changeOf(source, known.get(source.path), checked));
  const present = new Set(sources.map(({ path }) => path));
  const isChanged = new Set(changed.map(({ path }) => path));
  return {
    changed,
    removed: [...known.values()].filter(({ path }) => !present.has(path)),
    unchanged: [...known.values()].filter(({ path }) => present.has(path) && !isChanged.has(path)),
  };
}

/** Nothing where the source is as it was collected. What could not be read well is always read again. */
function changeOf(
  source: RecordSource,
  known: Collected | undefined,
  checked: CheckedStages,
): readonly ChangedSource[] {
  const { kind, name, folder, files } = source;
  const committed = kind === 'stage' ? checked.signatureOf(name) : null;
  const signature = committed === null ? signatureOf(folder, files) : `committed ${committed}`;
  if (signature === known?.signature) return [];
  const sha256 = digestOf(folder, files, kind === 'stage' ? damageIn(name, checked) : '');
  return [{ ...source, signature, sha256, isOnlyTouched: sha256 === known?.sha256 && known.problem === null }];
}

function damageIn(stage: string, checked: CheckedStages): string {
  const done = checked.look(stage);
  return done !== null && 'damaged' in done ? done.damaged : '';
}

export async function readCollected(connection: DuckDBConnection): Promise<ReadonlyMap<string, Collected>> {
  const reader = await connection.runAndReadAll('SELECT path, kind, name, signature, sha256, problem FROM collected');
  const rows = reader.getRowObjectsJS() as unknown as readonly Collected[];
  return new Map(rows.map((row) => [row.path, row]));
}
