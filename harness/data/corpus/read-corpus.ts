/**
 * Installed packages -> unique functions in a seeded order, with every drop counted by reason.
 * The order depends on the package names and file contents only, never on the file system.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { UserError } from '../../spec/user-error.ts';
import { addCount } from '../add-count.ts';
import type { DropCounts } from '../preference-pair.ts';
import type { CorpusFunction } from './corpus-function.ts';
import {
  allHeldOut,
  chooseFunctions,
  functionBytes,
  functionsOf,
  limitsOf,
  type CorpusLimits,
  type Drop,
  type KeyedFunction,
} from './choose-functions.ts';
import { compareCodeUnits, dropByPath, listSourceFiles } from './source-files.ts';

export interface CorpusPackage {
  readonly name: string;
  readonly version: string;
  readonly license: string;
  /** Kept functions, held-out ones included, and the UTF-8 bytes of their prompts and bodies. */
  readonly functions: number;
  readonly bytes: number;
}

export interface CorpusOptions extends CorpusLimits {
  /** null = all of the manifest. */
  readonly packages: readonly string[] | null;
}

export interface Corpus {
  readonly functions: readonly CorpusFunction[];
  readonly heldOut: readonly CorpusFunction[];
  readonly counts: DropCounts;
  readonly packages: readonly CorpusPackage[];
}

/**
 * Reads the folder that `installCorpus` returned. `heldOut` shares neither a function nor a shape with `functions`.
 * Throws `UserError` (exit 2) where the limits leave nothing, or nothing but held-out functions.
 */
export function readCorpus(folder: string, spec: CorpusOptions): Corpus {
  const counts: Record<string, number> = {};
  const names = packageNames(folder, spec);
  const drop: Drop = (reason) => addCount(counts, reason);
  const found = names.flatMap((name) => readPackage(folder, name, spec, drop));
  const { functions, heldOut } = chooseFunctions(found, spec.heldOutFunctions, drop);
  if (functions.length === 0)
    throw heldOut.length > 0 ? allHeldOut(spec, heldOut.length) : nothingFound(spec, names.length);
  const kept = [...functions, ...heldOut];
  return { functions, heldOut, counts, packages: names.map((name) => describePackage(folder, name, kept)) };
}

/**
 * The packages of the manifest, or those the experiment asks for. Throws `UserError` (exit 2) naming the ones the
 * manifest does not have.
 */
function packageNames(folder: string, { packages }: CorpusOptions): readonly string[] {
  const installed = Object.keys(
    (JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as { dependencies?: Record<string, string> })
      .dependencies ?? {},
  ).sort(compareCodeUnits);
  const unknown = (packages ?? []).filter((name) => !installed.includes(name));
  if (unknown.length > 0)
    throw new UserError(`corpus.packages: ${unknown.join(', ')} is not in datasets/npm-corpus`, {
      exitCode: 2,
      hint: `It has ${installed.join(', ')}.`,
    });
  return packages === null ? installed : installed.filter((name) => packages.includes(name));
}

function readPackage(folder: string, name: string, spec: CorpusOptions, drop: Drop): readonly KeyedFunction[] {
  const packageFolder = join(folder, 'node_modules', name);
  return listSourceFiles(packageFolder).flatMap((file) => {
    const pathReason = dropByPath(file);
    if (pathReason !== null) return (drop(pathReason), []);
    return functionsOf(readFileSync(join(packageFolder, file), 'utf8'), { package: name, file }, spec, drop);
  });
}

function describePackage(folder: string, name: string, kept: readonly CorpusFunction[]): CorpusPackage {
  const manifest = JSON.parse(readFileSync(join(folder, 'node_modules', name, 'package.json'), 'utf8')) as {
    version?: string;
    license?: string;
  };
  const own = kept.filter((fn) => fn.package === name);
  return {
    name,
    version: manifest.version ?? 'unknown',
    license: manifest.license ?? 'unknown',
    functions: own.length,
    bytes: functionBytes(own),
  };
}

function nothingFound(spec: CorpusOptions, packages: number): UserError {
  return new UserError(`the corpus is empty: ${packages} packages hold no function within ${limitsOf(spec)}`, {
    exitCode: 2,
    hint: 'Widen the limits; most functions have 60 to 2000 characters.',
  });
}
