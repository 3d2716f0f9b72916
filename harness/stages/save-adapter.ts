/**
 * Beside the merged model, a LoRA finetuning leaves its adapter: small, and what `peft` opens on the model that was
 * finetuned. Where no folder holds exactly that model (a random start, weights that training froze in 16 bits, learned
 * positions that were cut to the context), it is saved with the adapter.
 */
import { copyFile } from 'node:fs/promises';
import path from 'node:path';
import {
  adapterBaseFolder,
  adapterModelConfigFile,
  describeModelFolder,
  modelConfig,
  modelFiles,
  parameterShapes,
  saveAdapterFolder,
  saveModelFolder,
  scoreNames,
  sourceOf,
  type LoraSpec,
  type ModelConfig,
  type ReadParameter,
} from '../model/index.ts';
import { homeFolder } from '../store/index.ts';
import type { FinetuneConfig } from './configs.ts';
import type { StageContext } from './stage-kind.ts';
import { stageStart } from './start.ts';
import { withFinal, type Kept } from './trained-state.ts';

export const adapterFolder = 'adapter';

/** Writes `adapter/` into a stage folder that has its merged model, and returns what it wrote. */
export async function saveAdapter(
  context: StageContext<FinetuneConfig>,
  lora: LoraSpec,
  kept: Kept,
): Promise<readonly string[]> {
  const model = modelConfig(context.stage.config);
  const folder = path.join(context.folder, adapterFolder);
  const found = lora.frozenStorage === null ? baseFolder(context, model) : null;
  // As seen from where the adapter will lie: the stage works elsewhere until it commits.
  const committed = path.join(homeFolder(context.folder), adapterFolder);
  const base = found === null ? adapterBaseFolder : path.relative(committed, found).split(path.sep).join('/');
  const [written, whole] = await withFinal(kept, async (parameters) => [
    await saveAdapterFolder(folder, { model, lora, parameters, base }),
    found === null ? await saveBase(folder, { model, parameters, lora }) : [],
  ]);
  // How a reward is read and how texts become tokens, as in the merged folder.
  const copied = { ...beside, [modelFiles.config]: adapterModelConfigFile };
  for (const [from, to] of Object.entries(copied))
    await copyFile(path.join(context.folder, from), path.join(folder, to));
  return [...written, ...Object.values(copied), ...(whole ?? [])].map((name) => path.posix.join(adapterFolder, name));
}

const beside = {
  [modelFiles.tokenizer]: modelFiles.tokenizer,
  [modelFiles.tokenizerConfig]: modelFiles.tokenizerConfig,
} as const;

/** The folder that the run's frozen weights lie in, where there is one. */
function baseFolder(context: StageContext<FinetuneConfig>, model: ModelConfig): string | null {
  const { config } = context.stage;
  const backbone = context.inputFolders['backbone'];
  if (backbone !== undefined) return backbone;
  if (config.start === null || config.start === undefined) return null;
  const { kind, spec } = stageStart(context);
  const folder = kind.folder?.(spec) ?? null;
  return folder !== null && sourceOf(folder).adapter === null && fits(folder, model) ? folder : null;
}

/** Whether all parameters but heads have the shapes of the model. */
function fits(folder: string, model: ModelConfig): boolean {
  const { model: found, missingHeads } = describeModelFolder(folder);
  const shapes = parameterShapes(found);
  const heads = new Set([...missingHeads, ...scoreNames]);
  return [...parameterShapes(model)].every(
    ([name, shape]) => heads.has(name) || shapes.get(name)?.join() === shape.join(),
  );
}

interface Base {
  readonly model: ModelConfig;
  readonly parameters: ReadParameter;
  readonly lora: LoraSpec;
}

async function saveBase(folder: string, { model, parameters, lora }: Base): Promise<readonly string[]> {
  const storage = lora.frozenStorage ?? 'float32';
  const names = await saveModelFolder(path.join(folder, adapterBaseFolder), { model, parameters, storage });
  return names.map((name) => path.posix.join(adapterBaseFolder, name));
}
