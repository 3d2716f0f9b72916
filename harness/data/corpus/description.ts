/**
 * What a function does, in one line of plain words, out of its documentation: parameter lists would crowd out the code
 * in a short context.
 */
import type { Span } from '../language/find-units.ts';
import { lastIndex } from '../language/last-index.ts';

const maxCharacters = 120;
const directive =
  /^(?:eslint|jshint|jslint|istanbul|c8|v8|prettier|webpack|oxlint|tslint|globals?\b|exported\b|@ts-|#|jscs|biome|jsdoc|type-coverage|noqa|type:|pylint|pragma|fmt:|mypy|isort|ruff)/i;
const noDescription = /copyright|licen[sc]e|todo|fixme|eslint|@preserve/i;
const commentedCode = /[;{}]$|^[\w.]+\(.*\)$|^[\w.]+ = /;
/** Where the words end and lists of parameters, results and examples begin (JSDoc, reST, Google, NumPy). */
const tagLine =
  /^(?:@|:\w+|\.\. |>>>|[-=~]{3,}$|(?:args|arguments|parameters|params|keyword args|returns?|yields?|raises|examples?|notes?|attributes|usage)\s*:?$)/i;

/** Of the comments that end right before `start`; null where they describe nothing. `comments`: of the whole file. */
export function describedBefore(text: string, comments: readonly Span[], start: number): string | null {
  const lines: string[] = [];
  let position = start;
  for (let last = lastIndex(comments, ({ end }) => end <= start); last >= 0; last--) {
    const comment = comments[last] as Span;
    if (!isJustBefore(text, comment.end, position)) break;
    const written = text.slice(comment.start, comment.end);
    lines.unshift(withoutSigns(written));
    position = comment.start;
    if (written.startsWith('/*')) break;
  }
  return lines.length === 0 ? null : firstSentence(lines.join('\n'));
}

/** Of a string literal of Python, with its quotes. */
export function describedByDocstring(literal: string): string | null {
  return firstSentence(literal.replace(/^[a-z]*("""|'''|"|')/i, '').replace(/("""|'''|"|')$/, ''));
}

/** Only white space with at most one line break lies between, and the comment has its line for itself. */
function isJustBefore(text: string, end: number, start: number): boolean {
  const between = text.slice(end, start);
  return between.trim() === '' && between.split('\n').length <= 2;
}

function withoutSigns(comment: string): string {
  if (comment.startsWith('/*')) return comment.slice(2, -2);
  return comment.replace(/^(?:\/\/+|#+)!?/, '');
}

function firstSentence(documentation: string): string | null {
  const text = withoutMarkup(firstParagraph(describingLines(documentation)));
  if (!isDescription(text)) return null;
  const sentence = /^.*?(?<!\b(?:e\.g|i\.e|etc|vs|cf))[.!?](?=\s|$)/.exec(text)?.[0] ?? text;
  if (sentence.length <= maxCharacters) return sentence;
  const cut = sentence.lastIndexOf(' ', maxCharacters);
  return cut < 20 ? null : `${sentence.slice(0, cut)} ...`;
}

/** The lines before the first tag, unless that tag is itself the description. */
function describingLines(comment: string): readonly string[] {
  const lines = comment.split(/\r?\n/).map((line) => line.replace(/^\s*\*?\s?/, '').trim());
  const firstTag = lines.findIndex((line) => tagLine.test(line));
  const tag = /^@(?:description|desc|summary|classdesc)\s+(.*)/.exec(lines[firstTag] ?? '');
  if (tag !== null) return [tag[1] ?? ''];
  return firstTag === -1 ? lines : lines.slice(0, firstTag);
}

function firstParagraph(lines: readonly string[]): string {
  const [paragraph = ''] = lines
    .join('\n')
    .trim()
    .split(/\n\s*\n/);
  return paragraph;
}

/** Without HTML tags, `{@link ...}`, roles of reST and rulers, on one line. */
function withoutMarkup(paragraph: string): string {
  return paragraph
    .replace(/<[^>]*>/g, '')
    .replace(/\{@\w+\s+([^}]*)\}/g, '$1')
    .replace(/:[\w:]+:`~?([^`<]*?)(?:\s*<[^>]*>)?`/g, '`$1`')
    .replaceAll('``', '`')
    .replace(/\s+/g, ' ')
    .replace(/^[-=*~_#/\s]+|[-=*~_#/\s]+$/g, '');
}

function isDescription(text: string): boolean {
  if (text.length < 8 || !/[A-Za-z]{3}/.test(text)) return false;
  return !directive.test(text) && !noDescription.test(text) && !commentedCode.test(text);
}
