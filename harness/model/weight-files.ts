/** Which files of a folder hold its weights: one file, or shards and the index that names them. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { UserError } from '../spec/user-error.ts';
import { natureOfFile } from './file-nature.ts';
import { noWeights } from './folder-problems.ts';
import { listed } from './listed.ts';
import type { SafetensorsHeader } from './safetensors-header.ts';

export const weightsFile = 'model.safetensors';
export const weightsIndexFile = 'model.safetensors.index.json';
/** Where LLaMA-Factory puts the reward head, beside the weights or the adapter. */
const valueHeadFile = 'value_head.safetensors';

/** The weight files of a folder, and the index that names them where there are several. */
export interface WeightFiles {
  /** The file or the index: what errors name. */
  readonly path: string;
  readonly files: readonly string[];
  /** Tensor -> file name; null for a single file. */
  readonly index: WeightMap | null;
}

type WeightMap = Readonly<Record<string, string>>;

/** Throws UserError (exit 4) where there are none, or the index cannot be read. */
export function weightFilesOf(folder: string): WeightFiles {
  const single = join(folder, weightsFile);
  const head = headFilesOf(folder);
  if (existsSync(single)) return { path: single, files: [single, ...head], index: null };
  const path = join(folder, weightsIndexFile);
  if (!existsSync(path)) throw noWeights(folder);
  const index = readIndex(path);
  const names = [...new Set(Object.values(index))].sort();
  const absent = names.filter((name) => !existsSync(join(folder, name)));
  if (absent.length > 0)
    throw new UserError(
      `${path}: names ${names.length} shards, of which ${absent.length} ${absent.length === 1 ? 'is' : 'are'} not there: ${listed(absent)}`,
      {
        exitCode: 4,
        hint: 'The download is not complete: download the missing files.',
      },
    );
  return { path, files: [...names.map((name) => join(folder, name)), ...head], index };
}

/** The head that lies in a file of its own, where there is one. */
export function headFilesOf(folder: string): readonly string[] {
  const file = join(folder, valueHeadFile);
  return existsSync(file) ? [file] : [];
}

function readIndex(index: string): WeightMap {
  const nature = natureOfFile(index);
  if (nature !== null) throw new UserError(`${index}: ${nature.is}`, { exitCode: 4, hint: nature.hint });
  const hint = 'Download the folder again.';
  let parsed: { readonly weight_map?: WeightMap };
  try {
    parsed = JSON.parse(readFileSync(index, 'utf8')) as typeof parsed;
  } catch (cause) {
    throw new UserError(`${index}: is not JSON`, { exitCode: 4, hint, cause });
  }
  const { weight_map: map } = parsed;
  if (typeof map !== 'object' || map === null)
    throw new UserError(`${index}: has no weight_map`, { exitCode: 4, hint });
  return map;
}

export interface HasTensors {
  readonly path: string;
  readonly header: SafetensorsHeader;
}

/** A name must lie in the shard that the index says. Throws UserError (exit 4). */
export function checkShards(
  folder: string,
  { path, index }: Pick<WeightFiles, 'path' | 'index'>,
  opened: readonly HasTensors[],
): void {
  if (index === null) return;
  const files = new Map(opened.map((file) => [file.path, file]));
  const lost = Object.entries(index).filter(
    ([name, shard]) => !files.get(join(folder, shard))?.header.entries.has(name),
  );
  if (lost.length > 0)
    throw new UserError(`${path}: ${listed(lost.map(([name, shard]) => `${name} is not in ${shard}`))}`, {
      exitCode: 4,
      hint: 'Index and shards must come from the same model: download the folder again.',
    });
}
