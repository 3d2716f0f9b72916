/** Whether two versions of a function differ in nothing but the names of what they declare themselves. */
import { findUnits, type Span } from '../language/find-units.ts';
import type { CodeParser } from '../language/grammars.ts';
import type { Language } from '../language/language.ts';

const words = /[\p{L}_$][\p{L}\p{N}_$]*|\d[\w.]*/gu;

/**
 * The texts are equal but for names and literals (`FunctionKeys.shape`), so their words stand opposite one another.
 * A name behind a dot, or one that is nowhere declared, is of something else: another name is another behaviour.
 */
export function differsInNamesOnly(before: string, after: string, opened: OpenLanguage): boolean {
  const [old, now] = [codeOf(before, opened), codeOf(after, opened)];
  if (old.literals.join('\0') !== now.literals.join('\0')) return false;
  const [oldWords, newWords] = [old.code.match(words) ?? [], now.code.match(words) ?? []];
  if (oldWords.length !== newWords.length) return false;
  return oldWords.every(
    (word, at) => word === newWords[at] || (isOwn(word, old.code) && isOwn(newWords[at] as string, now.code)),
  );
}

export interface OpenLanguage {
  readonly language: Language;
  readonly parser: CodeParser;
}

/** The code without comments and literals, and the literals. */
function codeOf(text: string, { language, parser }: OpenLanguage): { code: string; literals: readonly string[] } {
  const { comments, literals } = findUnits(parser, language, text);
  return {
    code: without(
      text,
      [...comments, ...literals].sort((a, b) => a.start - b.start),
    ),
    literals: literals.map(({ start, end }) => text.slice(start, end)),
  };
}

function without(text: string, spans: readonly Span[]): string {
  let code = '';
  let at = 0;
  for (const { start, end } of spans) {
    if (start > at) code += text.slice(at, start);
    at = Math.max(at, end);
  }
  return code + text.slice(at);
}

/** Declared in the text, and never a field of something. */
function isOwn(word: string, code: string): boolean {
  if (!/^[\p{L}_$]/u.test(word)) return false;
  const name = word.replaceAll('$', '\\$');
  if (new RegExp(`\\.\\s*${name}(?![\\p{L}\\p{N}_$])`, 'u').test(code)) return false;
  return new RegExp(
    `(?:\\b(?:const|let|var|for|as|function|def|class|lambda)\\s+\\(?\\s*${name}(?![\\p{L}\\p{N}_$])|(?<![\\p{L}\\p{N}_$.])${name}\\s*(?:=[^=]|,[^;\\n]*=[^=]))`,
    'u',
  ).test(code);
}
