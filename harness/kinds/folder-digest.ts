/** The digest of a model folder that another program opens: of every file that may decide what it computes. */
import { createHash } from 'node:crypto';
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { fileDigest } from '../data/index.ts';
import { UserError } from '../spec/index.ts';

/** Weights, configurations, tokenizers and templates; not the pages and pictures that come with a download. */
const decides = /\.(json|safetensors|bin|model|jinja|txt)$/;

/** @throws UserError (2) where there is no such folder. */
export function openFolderDigest(folder: string): string {
  const hash = createHash('sha256');
  for (const name of namesIn(folder)) hash.update(`${name} ${fileDigest(path.join(folder, name))}\n`);
  return hash.digest('hex');
}

function namesIn(folder: string): readonly string[] {
  try {
    const files = readdirSync(folder, { withFileTypes: true }).filter((entry) => !entry.isDirectory());
    return files
      .map(({ name }) => name)
      .filter((name) => decides.test(name))
      .sort();
  } catch (cause) {
    throw new UserError(`${folder}: no such folder`, { exitCode: 2, hint: 'Correct the path.', cause });
  }
}
