/** What a normalized answer is: a value, words, a group of answers, a matrix, a union, an equation or an inequality. */
import { withoutAssignment } from './normalize-answer.ts';

export type Answer =
  | { readonly kind: 'value'; readonly latex: string; readonly unit: string | null }
  | { readonly kind: 'words'; readonly text: string }
  | Group
  | { readonly kind: 'matrix'; readonly rows: readonly (readonly Answer[])[] }
  | { readonly kind: 'union'; readonly parts: readonly Answer[] }
  | { readonly kind: 'equation'; readonly left: string; readonly right: string }
  /** An inequality that is no interval of one variable. */
  | { readonly kind: 'inequality'; readonly text: string };

/** `open` and `close` are empty for a list without brackets. */
export interface Group {
  readonly kind: 'group';
  readonly open: Bracket;
  readonly close: Bracket;
  readonly items: readonly Answer[];
}

export type Bracket = '' | '(' | ')' | '[' | ']' | '{' | '}';

const words = /^\\text\{([^{}]*)\}$/;
const unitAtEnd = /^(.*?)\\unit\{(\w+)\}$/;
const matrix = /^\\begin\{pmatrix\}(.*)\\end\{pmatrix\}$/s;

/** Reads an answer that `normalizeAnswer` has spelled. */
export function readAnswer(normalized: string): Answer {
  const text = withoutAssignment(normalized);
  const said = words.exec(text)?.[1];
  if (said !== undefined) return { kind: 'words', text: said };
  const cells = matrix.exec(text)?.[1];
  if (cells !== undefined) return { kind: 'matrix', rows: cells.split('\\\\').filter(hasText).map(readRow) };
  const parts = splitAt(text, '\\cup');
  if (parts.length > 1) return { kind: 'union', parts: parts.map(readAnswer) };
  return readGroup(text) ?? readSigns(text) ?? readInequality(text) ?? readEquation(text) ?? readValue(text);
}

const hasText = (text: string): boolean => text.trim() !== '';

function readRow(row: string): readonly Answer[] {
  return splitAt(row, '&').map((cell) => readAnswer(cell.trim()));
}

/** A list, or something in brackets: brackets around one value alone only group it. */
function readGroup(text: string): Answer | null {
  const items = splitAt(text, ',').filter(hasText);
  if (items.length > 1) return groupOf('', items, '');
  const found = /^(\(|\[|\\\{)(.*?)(\)|\]|\\\})$/s.exec(text);
  if (found === null) return null;
  const [, open = '', inside = '', close = ''] = found;
  if (!isBalanced(inside)) return null;
  const within = splitAt(inside, ',').filter(hasText);
  if (within.length === 1 && open !== '\\{') return readAnswer(inside);
  return groupOf(open.replace('\\', '') as Bracket, within, close.replace('\\', '') as Bracket);
}

function groupOf(open: Bracket, items: readonly string[], close: Bracket): Group {
  // Only a pair is an interval; without brackets or in braces, `1\pm2` is two of the items.
  const signed = open === '' || open === '{' ? items.flatMap(bothSigns) : items;
  return { kind: 'group', open, close, items: signed.map(readAnswer) };
}

/** `1\pm2` -> the list `1+2, 1-2`. */
function readSigns(text: string): Answer | null {
  const both = bothSigns(text);
  return both.length === 1 ? null : groupOf('', both, '');
}

function bothSigns(text: string): readonly string[] {
  if (!/\\pm|\\mp/.test(text)) return [text];
  const signed = (plus: string, minus: string): string =>
    text
      .replaceAll(/\\pm\s?/g, plus)
      .replaceAll(/\\mp\s?/g, minus)
      .replace(/^\+/, '');
  return [signed('+', '-'), signed('-', '+')];
}

const relations = /(\\[lg]e(?![A-Za-z])|<|>)\s?/;

/** `1<x\le 2` -> `(1,2]`; null for anything without such a sign. */
function readInequality(text: string): Answer | null {
  const parts = text.split(relations);
  if (parts.length === 1) return null;
  return readBound(parts) ?? readBounds(parts) ?? { kind: 'inequality', text };
}

/** `1<x\\le2`. */
function readBounds(parts: readonly string[]): Answer | null {
  if (parts.length !== 5) return null;
  const [low = '', first = '', variable = '', second = '', high = ''] = parts;
  if (!isVariable(variable) || isRising(first) !== isRising(second)) return null;
  return isRising(first) ? interval(low, first, second, high) : interval(high, second, first, low);
}

/** `x>3`. */
function readBound(parts: readonly string[]): Answer | null {
  const [left = '', relation = '', right = ''] = parts;
  if (parts.length !== 3 || isVariable(left) === isVariable(right)) return null;
  const isUpper = isVariable(left) === isRising(relation);
  const bound = isVariable(left) ? right : left;
  return isUpper ? interval('-\\infty', '<', relation, bound) : interval(bound, relation, '<', '\\infty');
}

function interval(low: string, first: string, second: string, high: string): Group {
  const [open, close] = [/e/.test(first) ? '[' : '(', /e/.test(second) ? ']' : ')'] as const;
  return { kind: 'group', open, close, items: [readAnswer(low), readAnswer(high)] };
}

const isRising = (relation: string): boolean => relation === '<' || relation === '\\le';
const isVariable = (text: string): boolean => /^(?:[A-Za-z]|\\(?!pi|infty)[a-z]+)(?:_\{\w+\})?$/.test(text.trim());

function readEquation(text: string): Answer | null {
  const [left = '', right, more] = text.split('=');
  return right === undefined || more !== undefined ? null : { kind: 'equation', left, right };
}

function readValue(text: string): Answer {
  const [, latex = text, unit = null] = unitAtEnd.exec(text) ?? [];
  return { kind: 'value', latex: inRadians(text) ?? latex.replaceAll(/\\unit\{\w+\}/g, ''), unit };
}

/** `\tan 45` degrees is no tangent of 45; null for anything without an angle in a function. */
function inRadians(text: string): string | null {
  if (!/\\(?:sin|cos|tan|cot|sec|csc)(?![a-z])/.test(text) || !text.includes('\\unit{degree}')) return null;
  return text
    .replaceAll(/(\d+(?:\.\d+)?|[a-z]|\([^()]*\))\\unit\{degree\}/g, '($1\\frac{\\pi}{180})')
    .replaceAll(/\\unit\{\w+\}/g, '');
}

/** Parts between separators that stand in no brackets. */
function splitAt(text: string, separator: string): readonly string[] {
  const parts: string[] = [];
  let [depth, start] = [0, 0];
  for (let at = 0; at < text.length; at++) {
    if (depth === 0 && text.startsWith(separator, at)) {
      parts.push(text.slice(start, at));
      start = at + separator.length;
    } else depth += depthChange(text[at]);
  }
  return [...parts, text.slice(start)];
}

/** Whether every bracket that closes in the text was opened in it: of `(1)(2)`, the inside is not. */
function isBalanced(text: string): boolean {
  let depth = 0;
  for (const character of text) {
    depth += depthChange(character);
    if (depth < 0) return false;
  }
  return depth === 0;
}

function depthChange(character: string | undefined): number {
  if (character === undefined) return 0;
  return '([{'.includes(character) ? 1 : ')]}'.includes(character) ? -1 : 0;
}
