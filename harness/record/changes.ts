/** What changed in a results folder since it was last collected. */
import type { DuckDBConnection } from '@duckdb/node-api';
import { type CheckedStages, type RecordSource, findSources } from '../store/index.ts';
import { signatureOf, signatureOfStage } from './signature.ts';

/** A source as it was collected; a row of `collected`. */
export interface Collected {
  readonly path: string;
  readonly kind: string;
  readonly name: string;
  readonly signature: string;
  readonly problem: string | null;
}

export interface Changes {
  readonly changed: readonly RecordSource[];
  readonly removed: readonly Collected[];
  readonly unchanged: readonly Collected[];
}

export interface Looking {
  /** Stages are compared with their digests: damage is a change. */
  readonly checked: CheckedStages;
  /** Whether nothing was written since `checked` looked: then nothing is looked at twice. */
  readonly isSettled: boolean;
}

/** Everything that changed. Where nothing is known, no stage is looked at before it is read. */
export function findChanges(resultsFolder: string, known: ReadonlyMap<string, Collected>, looking: Looking): Changes {
  const sources = findSources(resultsFolder);
  if (known.size === 0) {
    if (!looking.isSettled) looking.checked.forgetGlances();
    return { changed: sources, removed: [], unchanged: [] };
  }
  const changed = sources.filter((source) => isChanged(source, known.get(source.path), looking));
  const present = new Set(sources.map(({ path }) => path));
  const changedPaths = new Set(changed.map(({ path }) => path));
  return {
    changed,
    removed: [...known.values()].filter(({ path }) => !present.has(path)),
    unchanged: [...known.values()].filter(({ path }) => present.has(path) && !changedPaths.has(path)),
  };
}

/** Whether anything changed: it ends with the first change. */
export function hasChanged(resultsFolder: string, known: ReadonlyMap<string, Collected>, looking: Looking): boolean {
  const sources = findSources(resultsFolder);
  // As many as are known, and each of them known: then none was removed.
  return sources.length !== known.size || sources.some((source) => isChanged(source, known.get(source.path), looking));
}

function isChanged(source: RecordSource, known: Collected | undefined, { checked, isSettled }: Looking): boolean {
  const { kind, name, folder, files } = source;
  if (kind !== 'stage') return signatureOf(folder, files) !== known?.signature;
  const glance = isSettled ? checked.lastGlance(name) : checked.glance(name);
  return signatureOfStage(source, glance.signature) !== known?.signature;
}

export async function readCollected(connection: DuckDBConnection): Promise<ReadonlyMap<string, Collected>> {
  const reader = await connection.runAndReadAll('SELECT path, kind, name, signature, problem FROM collected');
  const rows = reader.getRowObjectsJS() as unknown as readonly Collected[];
  return new Map(rows.map((row) => [row.path, row]));
}
