/**
 * A reward model on disk as a folder that `transformers` opens with AutoModelForSequenceClassification: config.json,
 * model.safetensors and, where there is one, the tokenizer. An LM head of its own is kept in the file although a
 * sequence classifier has none (it is reported as unused there): pretraining goes on from it.
 */
import { copyFile, mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { UserError } from '../spec/user-error.ts';
import type { SavedModel } from './load-model.ts';
import { weightsFile } from './weight-files.ts';
import { parameterShapes, type Parameters, type ParameterShapes, type ReadParameter } from './parameter-shapes.ts';
import { writeSafetensors, type StoredFloat, type TensorToRead } from './safetensors.ts';
import type { StoredTensor } from './safetensors-file.ts';
import { noSpecialTokens, tokenizerTokens, type SpecialTokens, type TokenizerTokens } from './special-tokens.ts';
import { configText } from './write-config.ts';

/** Files a model folder consists of, in the order they are written (the last two only where a tokenizer was given). */
export const modelFiles = {
  config: 'config.json',
  weights: weightsFile,
  tokenizer: 'tokenizer.json',
  tokenizerConfig: 'tokenizer_config.json',
} as const;

export interface SaveOptions extends Pick<SavedModel, 'model'> {
  readonly parameters: Parameters | ReadParameter;
  readonly tokenizerJsonPath?: string;
  /** How the weights are stored; float32 by default. 16-bit files are rounded: their rewards differ a little. */
  readonly storage?: StoredFloat;
  /** Of a model that came from elsewhere; otherwise those of the tokenizer. */
  readonly specialTokens?: SpecialTokens;
}

/**
 * Writes the folder and returns the names of its files; existing ones are replaced. Throws where `parameters` do not
 * fit the model.
 */
export async function saveModelFolder(folder: string, saved: SaveOptions): Promise<readonly string[]> {
  const { model, parameters, tokenizerJsonPath: tokenizer, storage = 'float32' } = saved;
  const tokens = tokenizer === undefined ? null : await tokenizerTokens(tokenizer);
  const specialTokens = saved.specialTokens ?? tokens?.ids ?? noSpecialTokens;
  await writeConfig(folder, { model, storage, specialTokens });
  const stored = tensorsOf(parameters, parameterShapes(model));
  await writeSafetensors(join(folder, modelFiles.weights), stored, { format: 'pt' }, storage);
  if (tokenizer === undefined || tokens === null) return [modelFiles.config, modelFiles.weights];
  await saveTokenizer(folder, tokenizer, tokenizerConfigText(tokens, model.contextLength));
  return Object.values(modelFiles);
}

/** config.json alone, into a folder that may not be there yet. */
export async function writeConfig(
  folder: string,
  { model, storage = 'float32', specialTokens = noSpecialTokens }: Omit<SaveOptions, 'parameters'>,
): Promise<void> {
  await mkdir(folder, { recursive: true });
  await replaceFile(join(folder, modelFiles.config), configText({ model, storage, specialTokens }));
}

/** To be written, in model order. */
export function tensorsOf(
  parameters: Parameters | ReadParameter,
  shapes: ParameterShapes,
): Readonly<Record<string, StoredTensor | TensorToRead>> {
  if (typeof parameters !== 'function') return withShapes(parameters, shapes);
  return Object.fromEntries([...shapes].map(([name, shape]) => [name, { shape, read: () => parameters(name) }]));
}

/** A tokenizer from elsewhere brings its own configuration, with whatever else it says; ours gets `ownConfig`. */
async function saveTokenizer(folder: string, tokenizer: string, ownConfig: string): Promise<void> {
  await copyFile(tokenizer, join(folder, modelFiles.tokenizer));
  const beside = join(dirname(tokenizer), modelFiles.tokenizerConfig);
  const given = await readFile(beside, 'utf8').catch(() => null);
  await replaceFile(join(folder, modelFiles.tokenizerConfig), given ?? ownConfig);
}

/** As little as AutoTokenizer needs to open tokenizer.json and to pad on the right. */
function tokenizerConfigText({ texts }: TokenizerTokens, contextLength: number): string {
  const config = {
    tokenizer_class: 'PreTrainedTokenizerFast',
    model_max_length: contextLength,
    padding_side: 'right',
    clean_up_tokenization_spaces: false,
    ...(texts.end !== null && { eos_token: texts.end }),
    ...(texts.pad !== null && { pad_token: texts.pad }),
  };
  return `${JSON.stringify(config, null, 2)}\n`;
}

async function replaceFile(path: string, text: string): Promise<void> {
  await writeFile(`${path}.partial`, text);
  await rename(`${path}.partial`, path);
}

/** Parameters as tensors to store, in model order. */
export function withShapes(values: Parameters, shapes: ParameterShapes): Record<string, StoredTensor> {
  return Object.fromEntries(
    [...shapes].map(([name, shape]) => {
      const data = values[name];
      if (!data) throw new RangeError(`parameter ${name} is missing`);
      return [name, { shape, data }];
    }),
  );
}

/** Stored tensors as parameters in model order. Throws UserError (exit 4) naming all that do not fit. */
export function checkedParameters(
  path: string,
  tensors: Readonly<Record<string, StoredTensor>>,
  shapes: ParameterShapes,
): Parameters {
  const problems = [
    ...[...shapes].flatMap(([name, shape]) => parameterProblems(name, shape, tensors[name])),
    ...Object.keys(tensors)
      .filter((name) => !shapes.has(name))
      .map((name) => `unknown ${name}`),
  ];
  if (problems.length > 0)
    throw new UserError(`${path}: does not fit its model: ${problems.join('; ')}`, {
      exitCode: 4,
      hint: 'config.json and model.safetensors must come from the same model.',
    });
  return Object.fromEntries([...shapes.keys()].map((name) => [name, tensors[name]?.data as Float32Array]));
}

function parameterProblems(
  name: string,
  shape: readonly number[],
  stored: StoredTensor | undefined,
): readonly string[] {
  const wanted = `[${shape.join(', ')}]`;
  if (stored === undefined) return [`missing ${name} ${wanted}`];
  if (stored.shape.join() === shape.join() && stored.data instanceof Float32Array) return [];
  return [`${name}: expected float ${wanted}, found [${stored.shape.join(', ')}]`];
}
