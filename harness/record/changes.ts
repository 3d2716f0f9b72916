/** What changed in a results folder since it was last collected. */
import type { DuckDBConnection } from '@duckdb/node-api';
import { type CheckedStages, type Glance, type RecordSource, findSources } from '../store/index.ts';
import { signatureOf } from './signature.ts';

/** A source as it was collected; a row of `collected`. */
export interface Collected {
  readonly path: string;
  readonly kind: string;
  readonly name: string;
  readonly signature: string;
  readonly problem: string | null;
}

export interface ChangedSource extends RecordSource {
  readonly signature: string;
  /** Of a stage: the look that its signature is from. */
  readonly glance: Glance | null;
}

export interface Changes {
  readonly changed: readonly ChangedSource[];
  readonly removed: readonly Collected[];
  readonly unchanged: readonly Collected[];
}

export interface Looking {
  /** Stages are compared with their digests: damage is a change. */
  readonly checked: CheckedStages;
  /** Whether nothing was written since `checked` looked: then nothing is looked at twice. */
  readonly isSettled: boolean;
}

/** Everything that changed. */
export function findChanges(resultsFolder: string, known: ReadonlyMap<string, Collected>, looking: Looking): Changes {
  const sources = findSources(resultsFolder);
  const changed = sources.flatMap((source) => changeOf(source, known.get(source.path), looking) ?? []);
  const present = new Set(sources.map(({ path }) => path));
  const isChanged = new Set(changed.map(({ path }) => path));
  return {
    changed,
    removed: [...known.values()].filter(({ path }) => !present.has(path)),
    unchanged: [...known.values()].filter(({ path }) => present.has(path) && !isChanged.has(path)),
  };
}

/** Whether anything changed: it ends with the first change. */
export function hasChanged(resultsFolder: string, known: ReadonlyMap<string, Collected>, looking: Looking): boolean {
  const sources = findSources(resultsFolder);
  // As many as are known, and each of them known: then none was removed.
  return (
    sources.length !== known.size ||
    sources.some((source) => changeOf(source, known.get(source.path), looking) !== null)
  );
}

/** null where the source is as it was collected. */
function changeOf(
  source: RecordSource,
  known: Collected | undefined,
  { checked, isSettled }: Looking,
): ChangedSource | null {
  const { kind, name, folder, files } = source;
  const glance = kind === 'stage' ? (isSettled ? checked.lastGlance(name) : checked.glance(name)) : null;
  const committed = glance?.signature ?? null;
  const signature = committed === null ? signatureOf(folder, files) : `committed ${committed}`;
  return signature === known?.signature ? null : { ...source, signature, glance };
}

export async function readCollected(connection: DuckDBConnection): Promise<ReadonlyMap<string, Collected>> {
  const reader = await connection.runAndReadAll('SELECT path, kind, name, signature, problem FROM collected');
  const rows = reader.getRowObjectsJS() as unknown as readonly Collected[];
  return new Map(rows.map((row) => [row.path, row]));
}
