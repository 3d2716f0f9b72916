/** Small conventions that the stages share: JSON outputs, and counts as final metrics. */
import { writeFileSync } from 'node:fs';
import { type JournalEvent, readJson as readJsonFile } from '../store/index.ts';

export type Emit = (event: JournalEvent) => void;

export function writeJson(file: string, value: unknown): void {
  writeFileSync(file, `${JSON.stringify(value, null, 1)}\n`);
}

/**
 * Throws UserError (exit 4) naming the file when it is no JSON. The caller knows what the file holds: it was written by
 * a stage of ours and its digest was checked.
 */
export function readJson<T>(file: string): T {
  return readJsonFile(file) as T;
}

/** Final metrics `<phase>/<name>`. */
export function emitCounts(emit: Emit, phase: string, counts: Readonly<Record<string, number>>): void {
  for (const [name, value] of Object.entries(counts))
    emit({ kind: 'metric', step: null, name: `${phase}/${name.replaceAll(/[^a-zA-Z0-9]+/g, '_')}`, value });
}

export function emitMetrics(emit: Emit, metrics: readonly { readonly name: string; readonly value: number }[]): void {
  for (const { name, value } of metrics) emit({ kind: 'metric', step: null, name, value });
}

/** The folder of an input that the plan promises; its absence is a bug of the plan. */
export function inputFolder(folders: Readonly<Record<string, string>>, name: string): string {
  const folder = folders[name];
  if (folder === undefined)
    throw new Error(`stage input '${name}' is missing; found: ${Object.keys(folders).join(', ')}`);
  return folder;
}
