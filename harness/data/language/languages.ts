/** The languages of a corpus. To add one, write its record and name it here. */
import { javascript } from './javascript.ts';
import type { Language } from './language.ts';
import { python } from './python.ts';
import { typescript } from './typescript.ts';

export const languages: readonly Language[] = [javascript, typescript, python];

const byExtension: ReadonlyMap<string, Language> = new Map(
  languages.flatMap((language) => Object.keys(language.grammars).map((extension) => [extension, language] as const)),
);

/** Of a file, by its extension; null where it is none of ours. */
export function languageOf(file: string): Language | null {
  return byExtension.get(extensionOf(file)) ?? null;
}

/** By its name, as in `CorpusFunction.language`. */
export function languageNamed(name: string): Language | null {
  return languages.find((language) => language.name === name) ?? null;
}

/**
 * Name of the grammar that reads a file, or a piece of it.
 * @throws Error where the file is not of this language.
 */
export function grammarOf(language: Language, file: string): string {
  const grammar = language.grammars[extensionOf(file)];
  if (grammar === undefined) throw new Error(`${file} is not a file of ${language.name}`);
  return grammar;
}

/** In lower case, with the dot; empty where there is none. */
function extensionOf(file: string): string {
  return /\.[^./]+$/.exec(file)?.[0].toLowerCase() ?? '';
}
