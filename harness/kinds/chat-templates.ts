/** Chat templates that lie beside a tokenizer in files of their own. */
import { createHash } from 'node:crypto';
import path from 'node:path';
import { configWithTemplates, fileDigest, templateFiles, tokenizerTemplates } from '../data/index.ts';

/** sha256 over their names and contents; null where there are none. */
export function templatesDigest(folder: string): string | null {
  const files = templateFiles(folder);
  if (files.length === 0) return null;
  const lines = files.map(({ name, file }) => `${name} ${fileDigest(path.join(folder, file))}\n`);
  return createHash('sha256').update(lines.join('')).digest('hex');
}

/**
 * The text of a tokenizer_config.json with the templates in it, so that it goes with the tokenizer wherever that goes;
 * as it was where there are none.
 */
export function withTemplates(config: string | null, folder: string): string | null {
  if (templateFiles(folder).length === 0) return config;
  const texts = tokenizerTemplates(path.join(folder, 'tokenizer.json'), {})?.texts ?? {};
  const parsed = config === null ? {} : (JSON.parse(config) as object);
  return `${JSON.stringify(configWithTemplates(parsed, texts), null, 2)}\n`;
}
