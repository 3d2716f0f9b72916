/**
 * Where the tokenizer of a recorded model is: a pretrained model is saved without one, and has that of the stages it
 * was made from.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { readTaskFile, stageFiles } from '../store/index.ts';

const tokenizerFile = 'tokenizer.json';

/** tokenizer.json of the nearest stage that has one, the folder itself first; null where none has. */
export function stageTokenizer(folder: string): string | null {
  const seen = new Set([folder]);
  for (const stage of seen) {
    const path = join(stage, tokenizerFile);
    if (existsSync(path)) return path;
    if (existsSync(join(stage, stageFiles.task)))
      for (const input of Object.values(readTaskFile(stage).inputFolders)) seen.add(input);
  }
  return null;
}
