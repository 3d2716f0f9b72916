/** One installed package: its functions, and what is known of it. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { addCount } from '../add-count.ts';
import type { CorpusFunction } from './corpus-function.ts';
import { cutFunctions, parseFile, type CutFunction, type CutLimits, type ParsedFile } from './cut-functions.ts';
import { dropByPath, dropByText, listSourceFiles, type FileDrop } from './source-files.ts';
import type { TokenKeys } from './token-keys.ts';

export interface CorpusPackage {
  readonly name: string;
  readonly version: string;
  readonly license: string;
  /** Kept functions, held-out ones included, and the UTF-8 bytes of their prompts and bodies. */
  readonly functions: number;
  readonly bytes: number;
}

export type KeyedFunction = CorpusFunction & TokenKeys;

/** Every function within the limits; what is left out is added to `counts`. */
export function readPackage(
  folder: string,
  name: string,
  limits: CutLimits,
  counts: Record<string, number>,
): KeyedFunction[] {
  const packageFolder = join(folder, 'node_modules', name);
  const drop = (reason: string): void => addCount(counts, reason);
  return listSourceFiles(packageFolder).flatMap((file) => {
    const parsed = readSource(packageFolder, file);
    if (typeof parsed === 'string') return (drop(parsed), []);
    return cutFunctions(parsed, limits, drop).map((cut) => placed(cut, name, file));
  });
}

function placed({ line, column, ...cut }: CutFunction, packageName: string, file: string): KeyedFunction {
  return { id: `${packageName}/${file}:${line}:${column}`, package: packageName, file, line, ...cut };
}

/** The parsed file, or the reason to leave it out. */
function readSource(folder: string, file: string): ParsedFile | FileDrop {
  const pathReason = dropByPath(file);
  if (pathReason !== null) return pathReason;
  const text = readFileSync(join(folder, file), 'utf8');
  return dropByText(text) ?? parseFile(text) ?? 'file: not plain JavaScript';
}

/** `kept`: the functions of the corpus, of whatever package. */
export function describePackage(folder: string, name: string, kept: readonly KeyedFunction[]): CorpusPackage {
  const { version = 'unknown', license = 'unknown' } = readManifest(join(folder, 'node_modules', name));
  const own = kept.filter((fn) => fn.package === name);
  const bytes = own.reduce((sum, fn) => sum + Buffer.byteLength(fn.prompt) + Buffer.byteLength(fn.body), 0);
  return { name, version, license, functions: own.length, bytes };
}

interface PackageManifest {
  readonly version?: string;
  readonly license?: string;
  readonly dependencies?: Readonly<Record<string, string>>;
}

/** The package.json of a folder. */
export function readManifest(folder: string): PackageManifest {
  return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as PackageManifest;
}
