/**
 * Dataset manifests: what a file is, where it comes from, and the sha256 of its raw bytes. `datasets/<name>.yaml` at
 * the package root, which is three levels above this file in the sources (harness/data/datasets) and in the build
 * (dist/data/datasets) alike.
 */
import { hash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';
import { z } from 'zod';
import { UserError } from '../../spec/user-error.ts';

const fileSchema = z.strictObject({
  file: z.string().regex(/^[\w.-]+$/),
  /** null: no public address; see `howToGet`. */
  url: z.url().nullable(),
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  bytes: z.number().int().positive(),
  rows: z.number().int().positive(),
  /** What a row has: name -> meaning, `a.b` for what lies deeper. */
  fields: z.record(z.string(), z.string()),
});

const manifestSchema = z.strictObject({
  name: z.string(),
  version: z.string(),
  license: z.string(),
  homepage: z.url().nullable(),
  citation: z.string(),
  /** Name of its folder in the cache and in a mirror. */
  folder: z.string().regex(/^[\w-]+$/),
  sources: z.array(z.url()),
  howToGet: z.string().nullable(),
  files: z.array(fileSchema).min(1),
});

export type DatasetFile = z.output<typeof fileSchema>;
export type DatasetManifest = z.output<typeof manifestSchema>;

const manifestFolder = new URL('../../../datasets/', import.meta.url);

/** Names of all datasets that have a manifest, sorted. */
export function datasetNames(): string[] {
  return readdirSync(manifestFolder)
    .filter((file) => file.endsWith('.yaml'))
    .map((file) => file.slice(0, -'.yaml'.length))
    .toSorted();
}

/** Throws `UserError` (exit 2) for an unknown dataset or a manifest that breaks its format. */
export function loadDatasetManifest(name: string): DatasetManifest {
  const path = fileURLToPath(new URL(`${name}.yaml`, manifestFolder));
  if (!/^[\w-]+$/.test(name) || !existsSync(path)) {
    throw new UserError(`there is no dataset ${JSON.stringify(name)}`, {
      exitCode: 2,
      hint: `known datasets: ${datasetNames().join(', ')}`,
    });
  }
  const parsed = manifestSchema.safeParse(parse(readFileSync(path, 'utf8')));
  if (!parsed.success)
    throw new UserError(`${path}: ${z.prettifyError(parsed.error)}`, {
      exitCode: 2,
      hint: 'compare it with another file in datasets/',
    });
  return parsed.data;
}

/** The entry of one file. Throws RangeError where the manifest has none: a mistake in the code, not of the user. */
export function datasetFile(manifest: DatasetManifest, file: string): DatasetFile {
  const entry = manifest.files.find((candidate) => candidate.file === file);
  if (entry === undefined) throw new RangeError(`dataset ${manifest.name} has no file ${file}`);
  return entry;
}

/** sha256 over the names and digests of all its files: what bears identity, read without touching the data. */
export function datasetDigest(manifest: DatasetManifest): string {
  return filesDigest(manifest.files);
}

export function filesDigest(files: readonly DatasetFile[]): string {
  const lines = files.map(({ file, sha256 }) => `${sha256}  ${file}\n`).toSorted();
  return hash('sha256', lines.join(''), 'hex');
}
