/**
 * Cuts functions, methods and classes out of a file by its syntax tree (never with a regular expression). The outermost
 * unit within the limits is taken and what is inside it is not, so no text appears twice.
 */
import type { CodeParser } from '../language/grammars.ts';
import { findUnits, type FoundUnit, type FoundUnits, type Span } from '../language/find-units.ts';
import type { Language, Unit } from '../language/language.ts';
import { lastIndex } from '../language/last-index.ts';
import { describedBefore, describedByDocstring } from './description.ts';
import { functionKeys, type FunctionKeys } from './function-keys.ts';

export interface CutLimits {
  /** Of signature and body together. */
  readonly minCharacters: number;
  readonly maxCharacters: number;
  /** Which sorts are taken. A class is taken whole, and then its methods are not. */
  readonly units: readonly Unit[];
}

export interface CutFunction extends FunctionText {
  readonly line: number;
  readonly column: number;
  readonly description: string | null;
  readonly keys: FunctionKeys;
}

interface FunctionText {
  readonly signature: string;
  readonly body: string;
}

type FunctionDrop =
  | 'function: too short'
  | 'function: too long'
  | 'function: inside a taken one'
  | 'function: empty or trivial'
  | 'function: syntax error';

interface OpenFile extends FoundUnits {
  readonly text: string;
  readonly language: Language;
  readonly keywords: ReadonlySet<string>;
  readonly lineStarts: readonly number[];
}

/** A body below this (`return x;`) leaves nothing to get wrong. */
const minBodyCharacters = 10;

/** The functions of one file in source order. `onDrop` gets the reason for each one left out. */
export function cutFunctions(
  source: { readonly text: string; readonly language: Language; readonly parser: CodeParser },
  limits: CutLimits,
  onDrop: (reason: FunctionDrop) => void,
): CutFunction[] {
  const { text, language, parser } = source;
  const file = {
    text,
    language,
    keywords: keywordsOf(language),
    lineStarts: findLineStarts(text),
    ...findUnits(parser, language, text),
  };
  const functions: CutFunction[] = [];
  let takenUntil = -1;
  for (const unit of file.units.filter(({ kind }) => limits.units.includes(kind))) {
    const cut = unit.start < takenUntil ? 'function: inside a taken one' : cutOne(file, unit, limits);
    if (typeof cut === 'string') onDrop(cut);
    else {
      functions.push(cut);
      takenUntil = unit.end;
    }
  }
  return functions;
}

const keywordSets = new Map<Language, ReadonlySet<string>>();

function keywordsOf(language: Language): ReadonlySet<string> {
  const set = keywordSets.get(language) ?? new Set(language.keywords);
  keywordSets.set(language, set);
  return set;
}

function cutOne(file: OpenFile, unit: FoundUnit, limits: CutLimits): CutFunction | FunctionDrop {
  // The text is measured before it is copied: most of what is too long is far too long.
  if (unit.end - unit.start > 4 * limits.maxCharacters + 10_000) return 'function: too long';
  const docstring = docstringOf(file, unit);
  const line = lastIndex(file.lineStarts, (start) => start <= unit.start) + 1;
  const lineStart = file.lineStarts[line - 1] ?? 0;
  const parts = dedentedParts(file.text, unit, docstring, lineStart);
  const reason = dropBySize(parts, limits) ?? (unit.hasError ? 'function: syntax error' : null);
  if (reason !== null) return reason;
  const description = docstring === null ? null : describedByDocstring(file.text.slice(docstring.start, docstring.end));
  return {
    line,
    column: unit.start - lineStart + 1,
    description: description ?? describedBefore(file.text, file.comments, unit.start),
    ...parts,
    keys: functionKeys({ ...file, start: unit.afterName, end: unit.end, docstring }),
  };
}

/** The string that is the first statement of the body, on its own. */
function docstringOf({ language, literals, text }: OpenFile, { bodyStart }: FoundUnit): Span | null {
  if (language.documentation !== 'docstring') return null;
  const literal = literals[lastIndex(literals, ({ start }) => start < bodyStart) + 1];
  if (literal?.start !== bodyStart) return null;
  return /^[ \t]*(?:[;#\r\n]|$)/.test(text.slice(literal.end, literal.end + 200)) ? literal : null;
}

function dedentedParts(text: string, unit: FoundUnit, docstring: Span | null, lineStart: number): FunctionText {
  const indent = /^[ \t]*/.exec(text.slice(lineStart, unit.start))?.[0] ?? '';
  const body = docstring === null ? text.slice(unit.opened, unit.end) : bodyWithout(text, unit, docstring);
  return { signature: dedent(text.slice(unit.start, unit.opened), indent), body: dedent(body, indent) };
}

/** With one line break where the docstring was, whatever stood around it. */
function bodyWithout(text: string, { opened, end }: FoundUnit, docstring: Span): string {
  const before = text.slice(opened, docstring.start).trimEnd();
  const after = text.slice(docstring.end, end).replace(/^[ \t]*(?:;|#[^\n]*)?/, '');
  return before + after.replace(/^(?:[ \t]*\r?\n)+/, '\n');
}

function dropBySize({ signature, body }: FunctionText, limits: CutLimits): FunctionDrop | null {
  const characters = signature.length + body.length;
  if (characters > limits.maxCharacters) return 'function: too long';
  if (body.replace(/\}$/, '').trim().length < minBodyCharacters) return 'function: empty or trivial';
  return characters < limits.minCharacters ? 'function: too short' : null;
}

function dedent(text: string, indent: string): string {
  const plain = text.replaceAll('\r\n', '\n');
  const lines = plain
    .split('\n')
    .map((line, index) => (index > 0 && line.startsWith(indent) ? line.slice(indent.length) : line).trimEnd());
  return lines.join('\n');
}

function findLineStarts(text: string): number[] {
  const starts = [0];
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
  return starts;
}
