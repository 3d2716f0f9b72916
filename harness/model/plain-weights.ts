/**
 * Whether another program that looks for the parameters of a model by their names, or without the name of the base
 * model before them, finds in a folder what we read from it.
 */
import { familyNamed } from '../families/index.ts';
import { initParameters } from './init-parameters.ts';
import { describeModelFolder } from './load-model.ts';
import type { ModelConfig } from './model-config.ts';
import { sourceOf } from './model-source.ts';
import { storedNames } from './model-weights.ts';
import { parameterShapes, type Parameters } from './parameter-shapes.ts';
import { headFilesOf } from './weight-files.ts';

/**
 * The heads that the folder lacks, as `loadModelFolder` would start them. null where reading it is more than finding
 * tensors by name: adapters, a head in a file of its own or of two labels, names of wrappers, a context that was cut.
 * @throws UserError as `openModelFolder`
 */
export function headsBeside(folder: string, model: ModelConfig, seed: number): Parameters | null {
  const source = sourceOf(folder);
  if (source.adapter !== null || headFilesOf(source.weights).length > 0) return null;
  const { model: found, missingHeads } = describeModelFolder(folder);
  const missing = new Set(missingHeads);
  const { basePrefix } = familyNamed(model.family).dialect;
  const names = storedNames(source, found);
  const [wanted, stored] = [parameterShapes(model), parameterShapes(found)];
  const isPlain = [...wanted].every(([name, shape]) => {
    if (missing.has(name)) return true;
    const own = names.get(name);
    return (own === name || `${basePrefix}${own}` === name) && stored.get(name)?.join() === shape.join();
  });
  return isPlain && stored.size === wanted.size ? initParameters(found, seed, missing) : null;
}
