/** Finds added tokens in a text: leftmost, then longest, without overlap. */
import type { AddedToken } from './added-token.ts';
import { lazy } from './lazy.ts';
import { cutPiece, type Piece } from './piece.ts';
import { CodePointSet } from './unicode/code-point-set.ts';
import { tables } from './unicode/tables.ts';
import { endOfSpace, startOfSpace } from './white-space.ts';

/** A piece as ids of tokens and the pieces between them; none is empty. */
export type Matcher = (piece: Piece) => (number | Piece)[];

const word = lazy(() => CodePointSet.read(tables.regexWord).toClass());
const wordBefore = lazy(() => new RegExp(`${word()}$`, 'u'));
const wordAfter = lazy(() => new RegExp(`^${word()}`, 'u'));

/** @param tokens by what is looked for, which is never empty */
export function matcherOf(tokens: ReadonlyMap<string, AddedToken>): Matcher {
  if (tokens.size === 0) return (piece) => (piece.text === '' ? [] : [piece]);
  const pattern = new RegExp(patternOf([...tokens.keys()]), 'gu');
  return (piece) => split(piece, pattern, tokens);
}

function split(piece: Piece, pattern: RegExp, tokens: ReadonlyMap<string, AddedToken>): (number | Piece)[] {
  const { text } = piece;
  const parts: (number | Piece)[] = [];
  let at = 0;
  pattern.lastIndex = 0;
  for (let match = pattern.exec(text); match !== null; match = pattern.exec(text)) {
    const token = tokens.get(match[0]) as AddedToken;
    if (token.singleWord && isInWord(text, match.index, pattern.lastIndex)) continue;
    const start = token.lstrip ? Math.max(startOfSpace(text, match.index), at) : match.index;
    const end = token.rstrip ? endOfSpace(text, pattern.lastIndex) : pattern.lastIndex;
    // A token may lie in the white space that the one before it has taken.
    if (start > end) throw new RangeError(`the token ${JSON.stringify(token.content)} overlaps the one before it`);
    if (at < start) parts.push(cutPiece(piece, at, start));
    if (start < end) parts.push(token.id);
    at = end;
  }
  if (at < text.length) parts.push(at === 0 ? piece : cutPiece(piece, at, text.length));
  return parts;
}

function isInWord(text: string, start: number, end: number): boolean {
  // Two code units hold the one character that matters.
  return wordBefore().test(text.slice(Math.max(start - 2, 0), start)) || wordAfter().test(text.slice(end, end + 2));
}

/** A pattern that takes the longest of the texts, as a tree of their characters: there may be thousands of them. */
function patternOf(texts: readonly string[]): string {
  const root: Tree = { next: new Map(), isEnd: false };
  for (const text of texts) {
    let tree = root;
    for (const character of text) {
      const next = tree.next.get(character) ?? { next: new Map(), isEnd: false };
      tree.next.set(character, next);
      tree = next;
    }
    tree.isEnd = true;
  }
  return sourceOf(root);
}

interface Tree {
  readonly next: Map<string, Tree>;
  isEnd: boolean;
}

function sourceOf({ next, isEnd }: Tree): string {
  if (next.size === 0) return '';
  const options = [...next].map(
    ([character, tree]) => `\\u{${(character.codePointAt(0) as number).toString(16)}}${sourceOf(tree)}`,
  );
  if (options.length === 1 && !isEnd) return options[0] as string;
  return `(?:${options.join('|')})${isEnd ? '?' : ''}`;
}
