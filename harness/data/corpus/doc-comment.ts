/**
 * The documentation comment of a function, shortened to one line that says what it does: parameter tags would crowd out
 * the code in a short context.
 */
import type { Comment } from 'acorn';
import { firstIndex } from './first-index.ts';

const maxCharacters = 120;
const directive =
  /^(?:eslint|jshint|jslint|istanbul|c8|v8|prettier|webpack|oxlint|tslint|globals?\b|exported\b|@ts-|#|jscs|biome|jsdoc|type-coverage)/i;
const noDescription = /copyright|licen[sc]e|todo|fixme|eslint|@preserve/i;

/**
 * One line of plain words from the comment block that ends right before `start`, or null where there is none that
 * describes. `comments` are those of the whole file, in source order.
 */
export function describeFunction(text: string, comments: readonly Comment[], start: number): string | null {
  // The last one that ends at or before `start`; -1 if none.
  let last = firstIndex(comments, ({ end }) => end > start) - 1;
  const lines: string[] = [];
  let position = start;
  for (; last >= 0; last--) {
    const comment = comments[last] as Comment;
    if (!isJustBefore(text, comment.end, position)) break;
    lines.unshift(comment.value);
    position = comment.start;
    if (comment.type === 'Block') break;
  }
  return lines.length === 0 ? null : shorten(lines.join('\n'));
}

/** Only white space with at most one line break lies between. */
function isJustBefore(text: string, end: number, start: number): boolean {
  const between = text.slice(end, start);
  return between.trim() === '' && between.split('\n').length <= 2;
}

function shorten(comment: string): string | null {
  const text = withoutMarkup(firstParagraph(describingLines(comment)));
  if (!isDescription(text)) return null;
  const sentence = /^.*?[.!?](?=\s|$)/.exec(text)?.[0] ?? text;
  if (sentence.length <= maxCharacters) return sentence;
  const cut = sentence.lastIndexOf(' ', maxCharacters);
  return cut < 20 ? null : `${sentence.slice(0, cut)} ...`;
}

/** The lines before the first tag, unless that tag is itself the description. */
function describingLines(comment: string): readonly string[] {
  const lines = comment.split('\n').map((line) => line.replace(/^\s*\*?\s?/, '').trim());
  const firstTag = lines.findIndex((line) => line.startsWith('@'));
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

/** Without HTML tags and `{@link ...}`, on one line. */
function withoutMarkup(paragraph: string): string {
  return paragraph
    .replace(/<[^>]*>/g, '')
    .replace(/\{@\w+\s+([^}]*)\}/g, '$1')
    .replace(/\s+/g, ' ')
    .trim();
}

function isDescription(text: string): boolean {
  return text.length >= 8 && /[A-Za-z]{3}/.test(text) && !directive.test(text) && !noDescription.test(text);
}
