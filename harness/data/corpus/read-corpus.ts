/**
 * Installed packages -> unique functions in a seeded order, with every drop counted by reason.
 * The order depends on the package names and file contents only, never on the file system.
 */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { UserError } from '../../spec/user-error.ts';
import { addCount } from '../add-count.ts';
import { readText } from '../read-text.ts';
import { compareCodeUnits } from './compare-code-units.ts';
import { cutCorpus, type CutFiles, type CutIo, type CutOptions, type PackageTotals } from './cut-corpus.ts';
import type { Drop } from './drop.ts';
import { requireFunctions } from './empty-corpus.ts';
import type { FileSort } from './file-filters.ts';
import { licensesOf, projectOnDisk } from './license.ts';
import { dropByPackagePath, listSourceFiles } from './npm-files.ts';
import { readSource } from './read-source.ts';
import type { SourceFile } from './source-file.ts';

export interface CorpusPackage {
  readonly name: string;
  readonly version: string;
  readonly license: string;
  /** Digest of the package as the lockfile has it; null where it has none. */
  readonly integrity: string | null;
  /** Files that are read. */
  readonly files: number;
  /** UTF-8 bytes of these files. */
  readonly sourceBytes: number;
  /** Kept functions, held-out ones included, and the UTF-8 bytes of their signatures and bodies. */
  readonly functions: number;
  readonly bytes: number;
}

export interface CorpusOptions extends CutOptions {
  /** null = all of the manifest. */
  readonly packages: readonly string[] | null;
}

export interface Corpus extends Omit<CutFiles, 'packages'> {
  readonly sources: readonly CorpusPackage[];
}

/**
 * Reads the folder that `installCorpus` returned.
 * @throws UserError (2) where the limits leave nothing, or nothing but held-out functions.
 */
export async function readCorpus(folder: string, options: CorpusOptions, io: CutIo): Promise<Corpus> {
  const names = packageNames(folder, options);
  const counts: Record<string, number> = {};
  const files = sourceFiles(folder, names, { keep: options.keep, drop: (reason) => addCount(counts, reason) });
  const { packages, ...cut } = await cutCorpus(files, options, { ...io, counts });
  requireFunctions({ ...cut, packages }, options, `${names.length} packages`);
  const integrities = integritiesOf(folder);
  const sources = names.map((name) =>
    describePackage(folder, name, {
      totals: packages.find((own) => own.package === name) ?? null,
      integrity: integrities[`node_modules/${name}`]?.integrity ?? null,
    }),
  );
  return { ...cut, sources };
}

/**
 * The packages of the manifest, or those the experiment asks for. Throws `UserError` (exit 2) naming the ones the
 * manifest does not have.
 */
function packageNames(folder: string, { packages }: CorpusOptions): readonly string[] {
  const installed = Object.keys(
    (JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8')) as { dependencies?: Record<string, string> })
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

function* sourceFiles(
  folder: string,
  names: readonly string[],
  { keep, drop }: { readonly keep: readonly FileSort[]; readonly drop: Drop },
): Generator<SourceFile> {
  for (const name of names) {
    const packageFolder = path.join(folder, 'node_modules', name);
    const licenses = licensesOf(projectOnDisk(packageFolder));
    for (const file of listSourceFiles(packageFolder)) {
      const reason = dropByPackagePath(file, keep);
      if (reason !== null) drop(reason);
      const text = reason === null ? readSource(path.join(packageFolder, file), drop) : null;
      if (text !== null) yield { package: name, file, text, license: licenses.of(file) };
    }
  }
}

function integritiesOf(folder: string): Readonly<Record<string, { readonly integrity?: string }>> {
  const text = readText(path.join(folder, 'package-lock.json'));
  if (text === null) return {};
  return (JSON.parse(text) as { readonly packages?: Record<string, { readonly integrity?: string }> }).packages ?? {};
}

function describePackage(
  folder: string,
  name: string,
  { totals, integrity }: { readonly totals: PackageTotals | null; readonly integrity: string | null },
): CorpusPackage {
  const manifest = JSON.parse(readFileSync(path.join(folder, 'node_modules', name, 'package.json'), 'utf8')) as {
    version?: string;
    license?: string;
  };
  return {
    name,
    version: manifest.version ?? 'unknown',
    license: manifest.license ?? 'unknown',
    integrity,
    files: totals?.files ?? 0,
    sourceBytes: totals?.sourceBytes ?? 0,
    functions: totals?.functions ?? 0,
    bytes: totals?.bytes ?? 0,
  };
}
