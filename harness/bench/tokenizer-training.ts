/** Speed and memory of training a tokenizer on the files of folders. */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { trainBpeOn, type TokenizerJson } from '../data/index.ts';
import { UserError } from '../spec/index.ts';

export interface TokenizerTrainingOptions {
  /** Files, and folders with all that is in them. */
  readonly places: readonly string[];
  /** No more than this is read. */
  readonly megabytes: number;
  readonly vocabSize: number;
}

export interface TokenizerTraining {
  readonly files: number;
  readonly bytes: number;
  /** Reading included. */
  readonly seconds: number;
  /** Highest resident size of this process. */
  readonly peakMemoryBytes: number;
  readonly tokenizer: TokenizerJson;
  /** Paths of the files that were read. */
  readonly paths: readonly string[];
}

/** Larger files are data rather than code. */
const largestFile = 1e6;
const codeFile = /\.(js|mjs|cjs|ts|py)$/;

/** @throws UserError (2) where there is nothing to read, or less than the vocabulary needs. */
export async function benchTokenizerTraining(options: TokenizerTrainingOptions): Promise<TokenizerTraining> {
  const files = chooseFiles(options.places.flatMap(filesIn), 1e6 * options.megabytes);
  if (files.length === 0)
    throw new UserError(`no code in ${options.places.join(', ')}`, {
      exitCode: 2,
      hint: 'Name folders with .js, .mjs, .cjs, .ts or .py files.',
    });
  const start = performance.now();
  const tokenizer = await trainBpeOn(textsOf(files), { vocabSize: options.vocabSize });
  return {
    tokenizer,
    paths: files,
    files: files.length,
    bytes: files.reduce((sum, file) => sum + statSync(file).size, 0),
    seconds: (performance.now() - start) / 1000,
    peakMemoryBytes: process.resourceUsage().maxRSS * 1024,
  };
}

function* textsOf(files: readonly string[]): Generator<string> {
  for (const file of files) yield readFileSync(file, 'utf8');
}

/** In a fixed order. */
function filesIn(place: string): readonly string[] {
  if (!statSync(place).isDirectory()) return [place];
  const names = readdirSync(place, { recursive: true, encoding: 'utf8' }).toSorted();
  return names.filter((name) => codeFile.test(name)).map((name) => path.join(place, name));
}

function chooseFiles(files: readonly string[], mostBytes: number): readonly string[] {
  let bytes = 0;
  return files.filter((file) => {
    const found = statSync(file, { throwIfNoEntry: false });
    if (found === undefined || !found.isFile() || found.size > largestFile || bytes + found.size > mostBytes)
      return false;
    bytes += found.size;
    return true;
  });
}
