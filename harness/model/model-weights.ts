/**
 * The parameters of a model as they lie in its files: named as here, heads and adapters included, read one at a time
 * when they are asked for. Shapes are known before any data is read.
 */
import type { StateStorage } from '../graph/index.ts';
import { openConfig } from './config-reader.ts';
import type { ModelConfig } from './model-config.ts';
import type { ModelSource } from './model-source.ts';
import { withAdapter } from './peft-adapter.ts';
import { withRewardHead } from './reward-head.ts';
import { readHeader, SafetensorsFile } from './safetensors-file.ts';
import { elementsOf } from './safetensors-header.ts';
import type { Entries } from './tensor-problems.ts';
import { knownNames } from './tensor-names.ts';
import { checkShards, weightFilesOf, type HasTensors } from './weight-files.ts';
import { planOfFiles, type Planned, type ReadValues, type WeightPlan } from './weight-plan.ts';

export interface StoredEntries {
  /** The file or the index: what errors name. */
  readonly path: string;
  readonly entries: Entries;
  /** What a person should know of how rewards are made from them. */
  readonly notes: readonly string[];
}

export interface ModelWeights extends StoredEntries {
  /** How the file keeps a parameter; what is computed from several tensors is float32. */
  storageOf(name: string): StateStorage;
  /** Into a Float32Array of the parameter's size, or as stored into a Uint16Array. */
  readInto(name: string, target: Float32Array | Uint16Array): Promise<void>;
  close(): Promise<void>;
}

/** Throws UserError (exit 4) where files are missing, damaged or ambiguous. */
export async function openWeights(source: ModelSource, model: ModelConfig): Promise<ModelWeights> {
  const opened: SafetensorsFile[] = [];
  const close = async (): Promise<void> => {
    for (const file of opened) await file.close();
  };
  try {
    const open = async (paths: readonly string[]): Promise<readonly SafetensorsFile[]> => {
      const files: SafetensorsFile[] = [];
      for (const path of paths) files.push(await SafetensorsFile.open(path));
      opened.push(...files);
      return files;
    };
    const weights = weightFilesOf(source.weights);
    const files = { weights: await open(weights.files), adapter: await open(source.adapter?.files ?? []) };
    checkShards(source.weights, weights, files.weights);
    return { ...readable(planned(source, model, weights.path, files)), close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** What the files hold, from their headers alone. Throws as `openWeights` does. */
export function storedEntries(source: ModelSource, model: ModelConfig): StoredEntries {
  const { path, plan, notes } = plannedFromHeaders(source, model);
  return { path, notes, entries: entriesOf(plan) };
}

/** The name that a parameter is stored under; null where others make it. Throws as `openWeights` does. */
export function storedNames(source: ModelSource, model: ModelConfig): ReadonlyMap<string, string | null> {
  const { plan } = plannedFromHeaders(source, model);
  return new Map([...plan].map(([name, { computed, holder }]) => [name, computed === null ? holder.stored : null]));
}

function plannedFromHeaders(source: ModelSource, model: ModelConfig): PlannedModel<HasTensors> {
  const weights = weightFilesOf(source.weights);
  const headers = (paths: readonly string[]): readonly HasTensors[] =>
    paths.map((path) => ({ path, header: readHeader(path) }));
  const files = { weights: headers(weights.files), adapter: headers(source.adapter?.files ?? []) };
  checkShards(source.weights, weights, files.weights);
  return planned(source, model, weights.path, files);
}

interface PlannedModel<File extends HasTensors> {
  readonly path: string;
  readonly plan: WeightPlan<File>;
  readonly notes: readonly string[];
}

function planned<File extends HasTensors>(
  source: ModelSource,
  model: ModelConfig,
  path: string,
  files: { readonly weights: readonly File[]; readonly adapter: readonly File[] },
): PlannedModel<File> {
  const base = planOfFiles(files.weights, knownNames(model));
  const { adapter } = source;
  const all = adapter === null ? base : withAdapter(base, model, { config: adapter.config, files: files.adapter });
  const at = adapter === null ? path : (adapter.files[0] ?? path);
  return { path: at, ...withRewardHead(all, at, (label) => labelName(source.config, label)) };
}

/** As config.json names it, or `LABEL_1`. */
function labelName(configPath: string, label: number): string {
  return openConfig(configPath).map('id2label')?.text(String(label), `LABEL_${label}`) ?? `LABEL_${label}`;
}

function entriesOf(plan: WeightPlan<HasTensors>): Entries {
  return new Map([...plan].map(([name, { entry }]) => [name, entry]));
}

const halves: Readonly<Record<string, StateStorage>> = { BF16: 'bfloat16', F16: 'float16' };

function readable({ path, plan, notes }: PlannedModel<SafetensorsFile>): Omit<ModelWeights, 'close'> {
  const at = (name: string): Planned<SafetensorsFile> => {
    const found = plan.get(name);
    if (!found) throw new RangeError(`${path} has no tensor ${name}`);
    return found;
  };
  return {
    path,
    notes,
    entries: entriesOf(plan),
    storageOf: (name) => {
      const { computed, entry } = at(name);
      return computed === null ? (halves[entry.dtype] ?? 'float32') : 'float32';
    },
    readInto: async (name, target) => {
      const { computed, holder } = at(name);
      if (computed === null) await holder.file.readInto(holder.stored, target);
      else target.set(await computed(readValues));
    },
  };
}

const readValues: ReadValues<SafetensorsFile> = async ({ file, stored }) => {
  const values = new Float32Array(elementsOf(file.header.entries.get(stored)?.shape ?? []));
  await file.readInto(stored, values);
  return values;
};
