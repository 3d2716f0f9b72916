/** The files that a start reads, in one folder or in those of an adapter and its base: their digest and their state. */
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { encoderVersion, fileDigest } from '../../data/index.ts';
import { modelFiles, sourceOf, weightFilesOf, weightsIndexFile, type ModelSource } from '../../model/index.ts';

/**
 * sha256 over the names and contents of the files that a start reads; of an adapter, over those of its base, too, but
 * not over where that lies. @throws UserError (4) where one is gone.
 */
export function digestOfFolder(folder: string): string {
  const source = sourceOf(folder);
  const lines = filesOf(source).map((file) => `${nameOf(source, file)} ${fileDigest(file)}\n`);
  const adapter = source.adapter === null ? [] : [`adapter ${adapterDigest(source.adapter.config.path)}\n`];
  return createHash('sha256')
    .update([`encoder ${encoderVersion}\n`, ...lines, ...adapter].join(''))
    .digest('hex');
}

/** Those that are there, in a fixed order. */
function filesOf({ config, weights, adapter, tokenizer }: ModelSource): readonly string[] {
  const beside = path.join(path.dirname(tokenizer), modelFiles.tokenizerConfig);
  const named = [config, tokenizer, beside, path.join(weights, weightsIndexFile)];
  const present = named.filter((file) => existsSync(file));
  return [...present, ...weightFilesOf(weights).files, ...(adapter?.files ?? [])];
}

/** Files of an adapter and of its base may have one name. */
function nameOf({ folder, adapter }: ModelSource, file: string): string {
  const inFolder = path.dirname(file) === path.normalize(folder);
  return adapter === null || inFolder ? path.basename(file) : `base/${path.basename(file)}`;
}

function adapterDigest(file: string): string {
  const { base_model_name_or_path: _, ...rest } = JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown>;
  return createHash('sha256').update(JSON.stringify(rest)).digest('hex');
}

/** Changes whenever a file of the folder, or of the base of its adapter, may have changed. */
export function stampOf(folder: string): string {
  const folders = [folder, ...baseOf(folder)];
  return folders
    .flatMap((at) => [at, ...(namesIn(at) ?? []).map((name) => stampOfFile(path.join(at, name)))])
    .join('\n');
}

function baseOf(folder: string): readonly string[] {
  try {
    const { weights } = sourceOf(folder);
    return weights === folder ? [] : [weights];
  } catch {
    // No model: told where it is read.
    return [];
  }
}

export function namesIn(folder: string): readonly string[] | null {
  try {
    return readdirSync(folder).sort();
  } catch {
    return null;
  }
}

function stampOfFile(file: string): string {
  const found = statSync(file, { throwIfNoEntry: false });
  return found === undefined ? `${file} gone` : `${file} ${found.size} ${found.mtimeMs} ${found.ctimeMs} ${found.ino}`;
}
