/**
 * The tensors of a model folder, as one file or as shards, under the names this harness uses: buffers left out, the
 * base prefix added where a folder of a bare model has none. Shapes are known before any data is read.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { UserError } from '../spec/user-error.ts';
import { readHeader, SafetensorsFile, type StoredTensor } from './safetensors-file.ts';
import type { SafetensorsHeader, TensorEntry } from './safetensors-header.ts';

export const weightsFile = 'model.safetensors';
export const weightsIndexFile = 'model.safetensors.index.json';

/** What checkpoints hold beside parameters: constants of the architecture, which are computed here. */
const buffers: readonly RegExp[] = [
  /(^|\.)rotary_emb\.inv_freq$/, // older llama and gpt_neox
  /\.attn\.(bias|masked_bias)$/, // gpt2: the causal mask
  /\.attention\.(bias|masked_bias)$/, // gpt_neox: the same
];

export interface ModelWeights {
  /** The file or the index: what errors name. */
  readonly path: string;
  readonly entries: ReadonlyMap<string, TensorEntry>;
  read(name: string): Promise<StoredTensor>;
  close(): Promise<void>;
}

/**
 * `basePrefix`: of the family (`model.`); `headNames`: names that never have it. Throws UserError (exit 4) where files
 * are missing or damaged.
 */
export async function openWeights(
  folder: string,
  basePrefix: string,
  headNames: ReadonlySet<string>,
): Promise<ModelWeights> {
  const { path, files } = await openFiles(folder);
  const holders = holdersOf(files, basePrefix, headNames);
  return {
    path,
    entries: entriesOf(holders),
    read: async (name) => {
      const holder = holders.get(name);
      if (!holder) throw new RangeError(`${folder} has no tensor ${name}`);
      return await holder.file.read(holder.stored);
    },
    close: async () => {
      for (const file of files) await file.close();
    },
  };
}

/** The weight files of a folder, and the index that names them where there are several. */
interface WeightFiles {
  /** The file or the index: what errors name. */
  readonly path: string;
  readonly files: readonly string[];
  /** Tensor -> file name; null for a single file. */
  readonly index: WeightMap | null;
}

/** Throws UserError (exit 4) where there are none, or the index cannot be read. */
export function weightFilesOf(folder: string): WeightFiles {
  const single = join(folder, weightsFile);
  if (existsSync(single)) return { path: single, files: [single], index: null };
  const path = join(folder, weightsIndexFile);
  if (!existsSync(path))
    throw new UserError(`${folder}: has neither ${weightsFile} nor ${weightsIndexFile}`, {
      exitCode: 4,
      hint:
        'Older formats (pytorch_model.bin) are not read: ' +
        'save the model again with transformers, save_pretrained(folder).',
    });
  const index = readIndex(path);
  const names = [...new Set(Object.values(index))].sort();
  return { path, files: names.map((name) => join(folder, name)), index };
}

/** What the files hold, under our names, from their headers alone. Throws as `openWeights` does. */
export function storedEntries(
  folder: string,
  basePrefix: string,
  headNames: ReadonlySet<string>,
): Pick<ModelWeights, 'path' | 'entries'> {
  const { path, files, index } = weightFilesOf(folder);
  const headers = files.map((file) => ({ path: file, header: readHeader(file) }));
  if (index !== null) checkShards(folder, path, index, headers);
  return { path, entries: entriesOf(holdersOf(headers, basePrefix, headNames)) };
}

async function openFiles(folder: string): Promise<Pick<ModelWeights, 'path'> & { files: readonly SafetensorsFile[] }> {
  const { path, files, index } = weightFilesOf(folder);
  const opened: SafetensorsFile[] = [];
  try {
    for (const file of files) opened.push(await SafetensorsFile.open(file));
    if (index !== null) checkShards(folder, path, index, opened);
    return { path, files: opened };
  } catch (error) {
    for (const file of opened) await file.close();
    throw error;
  }
}

interface HasTensors {
  readonly path: string;
  readonly header: SafetensorsHeader;
}

/** A tensor by where it is stored, and under which name. */
interface Holder<File extends HasTensors> {
  readonly file: File;
  readonly stored: string;
}

/** Our name of a tensor -> its holder. */
function holdersOf<File extends HasTensors>(
  files: readonly File[],
  basePrefix: string,
  headNames: ReadonlySet<string>,
): ReadonlyMap<string, Holder<File>> {
  const holders = files.flatMap((file) =>
    [...file.header.entries.keys()]
      .filter((name) => !buffers.some((buffer) => buffer.test(name)))
      .map((stored) => ({ file, stored })),
  );
  const isBare = !holders.some(({ stored }) => stored.startsWith(basePrefix));
  const nameOf = (stored: string): string => (isBare && !headNames.has(stored) ? basePrefix + stored : stored);
  return new Map(holders.map((holder) => [nameOf(holder.stored), holder]));
}

function entriesOf(holders: ReadonlyMap<string, Holder<HasTensors>>): ReadonlyMap<string, TensorEntry> {
  return new Map(
    [...holders].map(([name, { file, stored }]) => [name, file.header.entries.get(stored) as TensorEntry]),
  );
}

type WeightMap = Readonly<Record<string, string>>;

function readIndex(index: string): WeightMap {
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

/** A name must lie in the shard that the index says. */
function checkShards(folder: string, index: string, map: WeightMap, opened: readonly HasTensors[]): void {
  const files = new Map(opened.map((file) => [file.path, file]));
  const lost = Object.entries(map).filter(([name, shard]) => !files.get(join(folder, shard))?.header.entries.has(name));
  if (lost.length > 0)
    throw new UserError(`${index}: ${lost.map(([name, shard]) => `${name} is not in ${shard}`).join('; ')}`, {
      exitCode: 4,
      hint: 'Index and shards must come from the same model: download the folder again.',
    });
}
