/**
 * The licence of each file of a project: by the nearest folder above it whose package file or licence file says one.
 * Package files are read first (package.json, pyproject.toml, setup.cfg, PKG-INFO); in a folder of installed Python
 * packages, each `*.dist-info` speaks for the folders that it installed.
 */
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { languageOf } from '../language/languages.ts';
import { readText } from '../read-text.ts';
import { licenseByName, licenseByText } from './license-names.ts';

/** Files as a licence is looked for in them: of a folder on disk, or of a commit. Paths have `/`; '' is the root. */
export interface ProjectFiles {
  /** Names in a folder. */
  names(folder: string): readonly string[];
  text(file: string): string | null;
}

export interface Licenses {
  /** An SPDX expression; `unknown` where nothing says it. */
  of(file: string): string;
}

export function licensesOf(files: ProjectFiles): Licenses {
  const known = new Map<string, string | null>();
  const installed = installedLicenses(files);
  const ofFolder = (folder: string): string | null => {
    const found = known.get(folder) ?? folderLicense(files, folder);
    known.set(folder, found);
    return found ?? (folder === '' ? null : ofFolder(parentOf(folder)));
  };
  return { of: (file) => installed.get(file.split('/')[0] ?? '') ?? ofFolder(parentOf(file)) ?? 'unknown' };
}

/** The files below a folder of this machine. */
export function projectOnDisk(root: string): ProjectFiles {
  return {
    names: (folder) => {
      try {
        return readdirSync(path.join(root, folder)).sort();
      } catch {
        return [];
      }
    },
    text: (file) => readText(path.join(root, file)),
  };
}

function parentOf(file: string): string {
  return file.includes('/') ? file.slice(0, file.lastIndexOf('/')) : '';
}

const licenseFile = /^(?:licen[sc]e|copying)(?:[.-].*)?$/i;

/** `license.ts` is code about licences, with the words of any. */
function isLicenseFile(name: string): boolean {
  return licenseFile.test(name) && languageOf(name) === null;
}

/** The readers of package files, in the order in which they are asked. */
const declarations: readonly (readonly [string, (text: string) => string | null])[] = [
  ['package.json', declaredInPackageJson],
  ['pyproject.toml', declaredInPyproject],
  ['setup.cfg', (text) => nameAt(text, /^license\s*=[ \t]*(.+)$/m)],
  ['PKG-INFO', declaredInMetadata],
  ['METADATA', declaredInMetadata],
];

function folderLicense(files: ProjectFiles, folder: string): string | null {
  const names = files.names(folder);
  const textOf = (name: string): string | null => files.text(folder === '' ? name : `${folder}/${name}`);
  for (const [name, read] of declarations) {
    const text = names.includes(name) ? textOf(name) : null;
    const found = text === null ? null : read(text);
    if (found !== null) return found;
  }
  for (const name of names.filter(isLicenseFile)) {
    const found = licenseByText(textOf(name) ?? '');
    if (found !== null) return found;
  }
  return null;
}

function declaredInPackageJson(text: string): string | null {
  try {
    const { license, licenses } = JSON.parse(text) as { readonly license?: unknown; readonly licenses?: unknown };
    const all = [license, ...(Array.isArray(licenses) ? licenses : [])].map((entry) =>
      typeof entry === 'object' && entry !== null && 'type' in entry ? entry.type : entry,
    );
    const names = all.filter((entry) => typeof entry === 'string' && entry !== '') as string[];
    // A list of licences is a choice.
    return names.length > 1 ? `(${names.join(' OR ')})` : names[0] === undefined ? null : licenseByName(names[0]);
  } catch {
    return null;
  }
}

/** `license = "MIT"`, `license = {text = "MIT"}`, or a classifier. */
function declaredInPyproject(text: string): string | null {
  const named = nameAt(text, /^license\s*=\s*(?:\{\s*text\s*=\s*)?["']([^"'\n]+)["']/m);
  return named ?? nameAt(text, /["']License :: ([^"'\n]+)["']/);
}

/** Core metadata of a Python package: the expression, then the classifiers, then the free text. */
function declaredInMetadata(text: string): string | null {
  const header = text.split(/\r?\n\r?\n/)[0] ?? '';
  return (
    nameAt(header, /^License-Expression:[ \t]*(.+)$/m) ??
    nameAt(header, /^Classifier: License :: (.+)$/m) ??
    nameAt(header, /^License:[ \t]*(.+(?:\n[ \t|].*)*)$/m)
  );
}

function nameAt(text: string, pattern: RegExp): string | null {
  const found = pattern.exec(text)?.[1];
  return found === undefined ? null : licenseByName(found);
}

/** Name in the root folder -> licence of the installed package that it belongs to. */
function installedLicenses(files: ProjectFiles): ReadonlyMap<string, string> {
  const licenses = new Map<string, string>();
  for (const folder of files.names('').filter((name) => name.endsWith('.dist-info'))) {
    const license = folderLicense(files, folder) ?? licenseAmong(files, `${folder}/licenses`);
    if (license === null) continue;
    for (const name of installedNames(files.text(`${folder}/RECORD`) ?? '', folder)) licenses.set(name, license);
  }
  return licenses;
}

function licenseAmong(files: ProjectFiles, folder: string): string | null {
  return files.names(folder).length === 0 ? null : folderLicense(files, folder);
}

/** RECORD has a line for each installed file. */
function installedNames(record: string, own: string): ReadonlySet<string> {
  const names = record.split('\n').map((line) => line.split(/[/,]/)[0] ?? '');
  return new Set(names.filter((name) => name !== '' && name !== own && name !== '..' && name !== '__pycache__'));
}
