/**
 * The tensors of a model folder, as one file or as shards, under the names this harness uses: buffers left out, the
 * base prefix added where a folder of a bare model has none. Shapes are known before any data is read.
 */
import { access, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { UserError } from '../spec/user-error.ts';
import { SafetensorsFile, type StoredTensor } from './safetensors-file.ts';
import type { TensorEntry } from './safetensors-header.ts';

export const weightsFile = 'model.safetensors';
const indexFile = 'model.safetensors.index.json';

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

interface WeightFiles extends Pick<ModelWeights, 'path'> {
  readonly files: readonly SafetensorsFile[];
}

async function openFiles(folder: string): Promise<WeightFiles> {
  const single = join(folder, weightsFile);
  if (await exists(single)) return { path: single, files: [await SafetensorsFile.open(single)] };
  const index = join(folder, indexFile);
  if (await exists(index)) return { path: index, files: await openShards(folder, index) };
  throw new UserError(`${folder}: has neither ${weightsFile} nor ${indexFile}`, {
    exitCode: 4,
    hint: 'Older formats (pytorch_model.bin) are not read: save the model again with transformers, save_pretrained(folder).',
  });
}

/** A tensor by where it is stored, and under which name. */
interface Holder {
  readonly file: SafetensorsFile;
  readonly stored: string;
}

function entriesOf(holders: ReadonlyMap<string, Holder>): ModelWeights['entries'] {
  return new Map(
    [...holders].map(([name, { file, stored }]) => [name, file.header.entries.get(stored) as TensorEntry]),
  );
}

/** Our name of a tensor -> its holder. */
function holdersOf(
  files: readonly SafetensorsFile[],
  basePrefix: string,
  headNames: ReadonlySet<string>,
): ReadonlyMap<string, Holder> {
  const holders = files.flatMap((file) =>
    [...file.header.entries.keys()]
      .filter((name) => !buffers.some((buffer) => buffer.test(name)))
      .map((stored) => ({ file, stored })),
  );
  const isBare = !holders.some(({ stored }) => stored.startsWith(basePrefix));
  const nameOf = (stored: string): string => (isBare && !headNames.has(stored) ? basePrefix + stored : stored);
  return new Map(holders.map((holder) => [nameOf(holder.stored), holder]));
}

/** Opens every shard of the index; a name must lie in the shard the index says. */
async function openShards(folder: string, index: string): Promise<readonly SafetensorsFile[]> {
  const map = await readIndex(index);
  const opened: SafetensorsFile[] = [];
  try {
    for (const name of [...new Set(Object.values(map))].sort())
      opened.push(await SafetensorsFile.open(join(folder, name)));
    checkShards(folder, index, map, opened);
    return opened;
  } catch (error) {
    for (const file of opened) await file.close();
    throw error;
  }
}

type WeightMap = Readonly<Record<string, string>>;

async function readIndex(index: string): Promise<WeightMap> {
  const hint = 'Download the folder again.';
  const { weight_map: map } = (await readFile(index, 'utf8')
    .then(JSON.parse)
    .catch((cause: unknown) => {
      throw new UserError(`${index}: is not JSON`, { exitCode: 4, hint, cause });
    })) as { readonly weight_map?: WeightMap };
  if (typeof map !== 'object' || map === null)
    throw new UserError(`${index}: has no weight_map`, { exitCode: 4, hint });
  return map;
}

function checkShards(folder: string, index: string, map: WeightMap, opened: readonly SafetensorsFile[]): void {
  const files = new Map(opened.map((file) => [file.path, file]));
  const lost = Object.entries(map).filter(([name, shard]) => !files.get(join(folder, shard))?.header.entries.has(name));
  if (lost.length > 0)
    throw new UserError(`${index}: ${lost.map(([name, shard]) => `${name} is not in ${shard}`).join('; ')}`, {
      exitCode: 4,
      hint: 'Index and shards must come from the same model: download the folder again.',
    });
}

async function exists(path: string): Promise<boolean> {
  return await access(path).then(
    () => true,
    () => false,
  );
}
