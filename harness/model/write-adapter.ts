/**
 * A LoRA run's result as an adapter that `peft.PeftModel.from_pretrained` opens on the model it was trained from:
 * adapter_config.json and adapter_model.safetensors, with the reward head among `modules_to_save`.
 */
import { mkdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { adapterConfigFile, adapterWeightsFile } from './adapter-files.ts';
import { adaptedMaps, adapterShapes, type LoraSpec } from './adapters.ts';
import { familyOf } from './family-of.ts';
import { scoreNames } from './head-names.ts';
import { tensorsOf } from './model-folder.ts';
import type { ModelConfig } from './model-config.ts';
import { parameterShapes, type Parameters, type ReadParameter } from './parameter-shapes.ts';
import { writeSafetensors } from './safetensors.ts';

export interface SavedAdapter {
  readonly model: ModelConfig;
  readonly lora: LoraSpec;
  /** Adapters and the reward head; others are not read. */
  readonly parameters: Parameters | ReadParameter;
  /** The folder of the model it adapts, seen from the adapter's folder. */
  readonly base: string;
}

/** Where `peft` puts the model that it adapts. */
const peftPrefix = 'base_model.model.';

/** Writes the folder and returns the names of its files. Throws where `parameters` do not fit the model. */
export async function saveAdapterFolder(folder: string, saved: SavedAdapter): Promise<readonly string[]> {
  const { model, lora, parameters } = saved;
  await mkdir(folder, { recursive: true });
  const head = [...parameterShapes(model)].filter(([name]) => scoreNames.has(name));
  const tensors = tensorsOf(parameters, new Map([...adapterShapes(model, lora), ...head]));
  const renamed = Object.entries(tensors).map(([name, tensor]) => [peftPrefix + name, tensor] as const);
  await writeSafetensors(join(folder, adapterWeightsFile), Object.fromEntries(renamed), { format: 'pt' });
  const config = join(folder, adapterConfigFile);
  await writeFile(`${config}.partial`, `${JSON.stringify(adapterConfig(saved), null, 2)}\n`);
  await rename(`${config}.partial`, config);
  return [adapterConfigFile, adapterWeightsFile];
}

/** The keys of `peft` 0.21 that say what the adapter is; those that are off are left out. */
function adapterConfig({ model, lora, base }: SavedAdapter): Record<string, unknown> {
  const { weightLayout, blocks } = familyOf(model);
  const targets = adaptedMaps(model, lora).map((map) => map.slice(`${blocks}.`.length).replace(/^\d+\./, ''));
  return {
    peft_type: 'LORA',
    task_type: 'SEQ_CLS',
    base_model_name_or_path: base,
    inference_mode: true,
    r: lora.rank,
    lora_alpha: lora.alpha,
    lora_dropout: 0,
    target_modules: [...new Set(targets)],
    modules_to_save: ['score'],
    bias: 'none',
    fan_in_fan_out: weightLayout === 'in-out',
    init_lora_weights: true,
    use_rslora: false,
    use_dora: false,
  };
}
