/**
 * Installed packages -> unique functions in a seeded order, with every drop counted by reason.
 * The order depends on the package names and file contents only, never on the file system.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { randomStream } from '../../random/index.ts';
import { UserError } from '../../spec/user-error.ts';
import type { DropCounts } from '../preference-pair.ts';
import type { CorpusFunction } from './corpus-function.ts';
import { cutFunctions, parseFile } from './cut-functions.ts';
import { dropByPath, dropByText, listSourceFiles, compareCodeUnits } from './source-files.ts';
import type { TokenKeys } from './token-keys.ts';

export interface CorpusPackage {
  readonly name: string;
  readonly version: string;
  readonly license: string;
  /** Kept functions, held-out ones included, and the UTF-8 bytes of their prompts and bodies. */
  readonly functions: number;
  readonly bytes: number;
}

export interface CorpusOptions {
  /** null = all of the manifest. */
  readonly packages: readonly string[] | null;
  readonly minCharacters: number;
  readonly maxCharacters: number;
  readonly heldOutFunctions: number;
}

export interface Corpus {
  readonly functions: readonly CorpusFunction[];
  readonly heldOut: readonly CorpusFunction[];
  readonly counts: DropCounts;
  readonly packages: readonly CorpusPackage[];
}

/**
 * Functions of one shape that are kept: boilerplate (getters, setters, registrations) would otherwise be a third of the
 * corpus.
 */
const maxAlike = 4;

type KeyedFunction = CorpusFunction & TokenKeys;

/**
 * Reads the folder that `installCorpus` returned. `heldOut` shares neither a function nor a shape with `functions`.
 * Throws `UserError` (exit 2) where the limits leave nothing, or nothing but held-out functions.
 */
export function readCorpus(folder: string, spec: CorpusOptions): Corpus {
  const counts: Record<string, number> = {};
  const names = packageNames(folder, spec);
  const found = names.flatMap((name) => readPackage(folder, name, spec, counts));
  const kept = dropDuplicates(randomStream(0, 'corpus').shuffled(found), counts);
  const heldOutShapes = chooseHeldOutShapes(kept, spec.heldOutFunctions);
  const heldOut = kept.filter((fn) => heldOutShapes.has(fn.shapeKey));
  const functions = kept.filter((fn) => !heldOutShapes.has(fn.shapeKey));
  if (functions.length === 0) throw nothingLeft(spec, names.length, kept.length);
  return {
    functions: functions.map(withoutKeys),
    heldOut: heldOut.map(withoutKeys),
    counts,
    packages: names.map((name) => describePackage(folder, name, kept)),
  };
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

function readPackage(
  folder: string,
  name: string,
  spec: CorpusOptions,
  counts: Record<string, number>,
): KeyedFunction[] {
  const packageFolder = join(folder, 'node_modules', name);
  const drop = (reason: string): void => {
    counts[reason] = (counts[reason] ?? 0) + 1;
  };
  return listSourceFiles(packageFolder).flatMap((file) => {
    const pathReason = dropByPath(file);
    if (pathReason !== null) return (drop(pathReason), []);
    const text = readFileSync(join(packageFolder, file), 'utf8');
    const textReason = dropByText(text);
    if (textReason !== null) return (drop(textReason), []);
    const parsed = parseFile(text);
    if (parsed === null) return (drop('file: not plain JavaScript'), []);
    return cutFunctions(parsed, spec, drop).map(({ line, column, ...cut }) => ({
      id: `${name}/${file}:${line}:${column}`,
      package: name,
      file,
      line,
      ...cut,
    }));
  });
}

function dropDuplicates(functions: readonly KeyedFunction[], counts: Record<string, number>): KeyedFunction[] {
  const texts = new Set<string>();
  const alike = new Map<string, number>();
  const kept = functions.filter((fn) => {
    if (texts.has(fn.textKey)) {
      counts['function: duplicate'] = (counts['function: duplicate'] ?? 0) + 1;
      return false;
    }
    texts.add(fn.textKey);
    const sameShape = alike.get(fn.shapeKey) ?? 0;
    alike.set(fn.shapeKey, sameShape + 1);
    if (sameShape < maxAlike) return true;
    counts['function: near-duplicate'] = (counts['function: near-duplicate'] ?? 0) + 1;
    return false;
  });
  return kept;
}

/** Whole shapes in corpus order, skipping one that would overshoot, until `wanted` functions are held out. */
function chooseHeldOutShapes(functions: readonly KeyedFunction[], wanted: number): Set<string> {
  const sizes = new Map<string, number>();
  for (const fn of functions) sizes.set(fn.shapeKey, (sizes.get(fn.shapeKey) ?? 0) + 1);
  const chosen = new Set<string>();
  let remaining = wanted;
  for (const [shape, size] of sizes) {
    if (size > remaining) continue;
    chosen.add(shape);
    remaining -= size;
  }
  return chosen;
}

function withoutKeys({ id, package: packageName, file, line, prompt, body }: KeyedFunction): CorpusFunction {
  return { id, package: packageName, file, line, prompt, body };
}

function describePackage(folder: string, name: string, kept: readonly KeyedFunction[]): CorpusPackage {
  const manifest = JSON.parse(readFileSync(join(folder, 'node_modules', name, 'package.json'), 'utf8')) as {
    version?: string;
    license?: string;
  };
  const own = kept.filter((fn) => fn.package === name);
  const bytes = own.reduce((sum, fn) => sum + Buffer.byteLength(fn.prompt) + Buffer.byteLength(fn.body), 0);
  return {
    name,
    version: manifest.version ?? 'unknown',
    license: manifest.license ?? 'unknown',
    functions: own.length,
    bytes,
  };
}

function nothingLeft(spec: CorpusOptions, packages: number, kept: number): UserError {
  const limits = `corpus.minCharacters ${spec.minCharacters}, corpus.maxCharacters ${spec.maxCharacters}`;
  return kept === 0
    ? new UserError(`the corpus is empty: ${packages} packages hold no function within ${limits}`, {
        exitCode: 2,
        hint: 'Widen the limits; most functions have 60 to 2000 characters.',
      })
    : new UserError(
        `all ${kept} functions within ${limits} are held out by corpus.heldOutFunctions ${spec.heldOutFunctions}`,
        { exitCode: 2, hint: 'Lower corpus.heldOutFunctions or widen the limits.' },
      );
}
