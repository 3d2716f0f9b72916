/**
 * Cutting at delimiters. What becomes of them is told by a behavior (`SplitDelimiterBehavior` of the Rust library);
 * each starts from the whole text as a row of spans, delimiters and what stands between them.
 */
import type { FeatureReader } from '../feature-reader.ts';
import { cutPiece, type Piece } from '../piece.ts';
import { matchesOf } from '../regex/pattern.ts';
import type { Tiers } from '../regex/tiers.ts';

export type Behavior = 'Removed' | 'Isolated' | 'MergedWithPrevious' | 'MergedWithNext' | 'Contiguous';

const behaviors: readonly string[] = ['Removed', 'Isolated', 'MergedWithPrevious', 'MergedWithNext', 'Contiguous'];

export function readBehavior(reader: FeatureReader, fallback?: Behavior): Behavior {
  const behavior = reader.text('behavior', fallback);
  if (isBehavior(behavior)) return behavior;
  reader.refuse(`behavior: expected one of ${behaviors.join(', ')}, found "${behavior}"`);
  return 'Isolated';
}

function isBehavior(name: string): name is Behavior {
  return behaviors.includes(name);
}

/** A stretch of a text, in code units. */
interface Span {
  start: number;
  end: number;
  readonly isDelimiter: boolean;
}

export interface Cut {
  readonly pattern: Tiers;
  readonly behavior: Behavior;
  /** Delimiters are what the pattern does not match. */
  readonly invert: boolean;
}

/** Adds the matches of a pattern as parts of a piece, without what stands between them; none is empty. */
export function keepMatches(piece: Piece, pattern: Tiers, pieces: Piece[]): void {
  if (piece.startLength > 0)
    for (const [start, end] of matchesOf(pattern, piece.text)) pieces.push(cutPiece(piece, start, end));
  else for (const text of piece.text.match(pattern.for(piece.text)) ?? []) pieces.push({ text, startLength: 0 });
}

/** Adds the parts of a piece to `pieces`; none is empty. */
export function cutAtDelimiters(piece: Piece, cut: Cut, pieces: Piece[]): void {
  if (cut.behavior === 'Isolated' && cutWhole(piece, cut.pattern, pieces)) return;
  for (const { start, end } of behave(spansOf(piece.text, cut), cut.behavior))
    if (start < end) pieces.push(cutPiece(piece, start, end));
}

/** The usual case, and much faster than walking: matches that cover the text, with nothing between them. */
function cutWhole(piece: Piece, pattern: Tiers, pieces: Piece[]): boolean {
  const matches = piece.text.match(pattern.for(piece.text));
  if (matches === null || !covers(matches, piece.text.length)) return false;
  pushInRow(matches, piece.startLength, pieces);
  return true;
}

/** Parts that stand one after the other, from the start of a piece. */
function pushInRow(texts: readonly string[], startLength: number, pieces: Piece[]): void {
  let left = startLength;
  for (const text of texts) {
    pieces.push({ text, startLength: Math.min(left, text.length) });
    left = Math.max(left - text.length, 0);
  }
}

function covers(matches: readonly string[], length: number): boolean {
  let covered = 0;
  for (const { length } of matches) {
    if (length === 0) return false;
    covered += length;
  }
  return covered === length;
}

function spansOf(text: string, { pattern, invert }: Cut): Span[] {
  const spans: Span[] = [];
  let at = 0;
  for (const [start, end] of matchesOf(pattern, text)) {
    if (at !== start) spans.push({ start: at, end: start, isDelimiter: invert });
    spans.push({ start, end, isDelimiter: !invert });
    at = end;
  }
  if (at !== text.length) spans.push({ start: at, end: text.length, isDelimiter: invert });
  return spans;
}

function behave(spans: readonly Span[], behavior: Behavior): readonly Span[] {
  switch (behavior) {
    case 'Isolated':
      return spans;
    case 'Removed':
      return spans.filter(({ isDelimiter }) => !isDelimiter);
    case 'Contiguous':
      return mergeWhere(spans, (span, wasDelimiter) => span.isDelimiter === wasDelimiter);
    case 'MergedWithPrevious':
      return mergeWhere(spans, (span, wasDelimiter) => span.isDelimiter && !wasDelimiter);
    case 'MergedWithNext':
      return mergeWhere(spans.toReversed(), (span, wasDelimiter) => span.isDelimiter && !wasDelimiter).toReversed();
  }
}

/** Spans that fit what was before them become one with it; before the first stands no delimiter. */
function mergeWhere(spans: readonly Span[], fits: (span: Span, wasDelimiter: boolean) => boolean): Span[] {
  const merged: Span[] = [];
  let wasDelimiter = false;
  for (const span of spans) {
    const before = merged.at(-1);
    if (before !== undefined && fits(span, wasDelimiter)) {
      before.start = Math.min(before.start, span.start);
      before.end = Math.max(before.end, span.end);
    } else merged.push({ ...span });
    wasDelimiter = span.isDelimiter;
  }
  return merged;
}
