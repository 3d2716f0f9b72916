/** Files of source code -> their functions, with every file and function left out counted by its reason. */
import { openParser, type CodeParser } from '../language/grammars.ts';
import type { Language } from '../language/language.ts';
import { grammarOf, languageOf, languages } from '../language/languages.ts';
import { notebookCode } from '../language/notebook.ts';
import type { KeyedFunction } from './choose-functions.ts';
import { cutFunctions, type CutLimits } from './cut-functions.ts';
import type { Drop } from './drop.ts';
import { dropByPath, dropByText, type FileSort } from './file-filters.ts';
import { licenseInHeader } from './license-names.ts';
import type { SourceFile } from './source-file.ts';
import { isPermitted } from './spdx.ts';

export interface CutterOptions extends CutLimits {
  /** Names of languages. */
  readonly languages: readonly string[];
  /** SPDX identifiers of the licences that are permitted; null = any. */
  readonly licenses: readonly string[] | null;
  /** Sorts of files that are read though they are usually left out. */
  readonly keep: readonly FileSort[];
}

export interface Cutter {
  /** The functions of a file that is read; null where it is left out, which `drop` is told. */
  cut(file: SourceFile, drop: Drop): readonly KeyedFunction[] | null;
}

/** Loads the grammars of its languages; cutting does not wait. */
export async function openCutter(options: CutterOptions): Promise<Cutter> {
  const chosen = languages.filter(({ name }) => options.languages.includes(name));
  const grammars = [...new Set(chosen.flatMap((language) => Object.values(language.grammars)))];
  const parsers = new Map<string, CodeParser>();
  for (const grammar of grammars) parsers.set(grammar, await openParser(grammar));
  return {
    cut: (file, drop) => {
      const opened = openFile(file, options);
      if (typeof opened === 'string') return (drop(opened), null);
      const parser = parsers.get(grammarOf(opened.language, file.file));
      if (parser === undefined) throw new Error(`no grammar for ${file.file}`);
      return cutFunctions({ ...opened, parser }, options, drop).map(({ keys, ...cut }) => ({
        fn: functionOf(file, opened.language, cut),
        keys,
      }));
    },
  };
}

/** The language of a file that may be read, or the reason to leave it out, by its path alone. */
export function languageToRead(
  file: string,
  { languages: asked, keep }: Pick<CutterOptions, 'languages' | 'keep'>,
): Language | string {
  const language = languageOf(file);
  if (language === null) return 'file: another language';
  if (!asked.includes(language.name)) return `file: ${language.name} is not asked for`;
  return dropByPath(file, language, keep) ?? language;
}

/** Its language and code, or the reason to leave it out. */
function openFile(
  file: SourceFile,
  options: CutterOptions,
): { readonly language: Language; readonly text: string } | string {
  const language = languageToRead(file.file, options);
  if (typeof language === 'string') return language;
  if (!isPermitted(licenseInHeader(file.text) ?? file.license, options.licenses)) return 'file: licence not permitted';
  const text = codeOf(file);
  if (text === null) return 'file: no notebook of Python';
  return dropByText(text, options.keep) ?? { language, text };
}

/** Without the mark of byte order that some editors write. */
function codeOf({ file, text }: SourceFile): string | null {
  return file.toLowerCase().endsWith('.ipynb') ? notebookCode(text) : text.replace(/^\ufeff/, '');
}

function functionOf(
  { package: packageName, file }: SourceFile,
  language: Language,
  {
    line,
    column,
    ...cut
  }: Pick<KeyedFunction['fn'], 'line' | 'description' | 'signature' | 'body'> & {
    readonly column: number;
  },
): KeyedFunction['fn'] {
  const id = `${packageName}/${file}:${line}:${column}`;
  return { id, package: packageName, file, line, language: language.name, ...cut };
}
