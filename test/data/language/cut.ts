import { cutFunctions, type CutFunction } from '../../../harness/data/corpus/cut-functions.ts';
import { openParser } from '../../../harness/data/language/grammars.ts';
import type { Unit } from '../../../harness/data/language/language.ts';
import { grammarOf, languageOf } from '../../../harness/data/language/languages.ts';

interface Cut {
  readonly functions: readonly CutFunction[];
  readonly drops: readonly string[];
}

/** The functions of a file of this name, of any length. */
export async function cut(
  file: string,
  text: string,
  units: readonly Unit[] = ['function', 'method'],
  maxCharacters = 2000,
): Promise<Cut> {
  const language = languageOf(file);
  if (language === null) throw new Error(`${file} is of no language`);
  const parser = await openParser(grammarOf(language, file));
  const drops: string[] = [];
  const limits = { units, minCharacters: 1, maxCharacters };
  const functions = cutFunctions({ text, language, parser }, limits, (reason) => drops.push(reason));
  return { functions, drops };
}

export const signaturesOf = ({ functions }: Cut): readonly string[] => functions.map(({ signature }) => signature);
