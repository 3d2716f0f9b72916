/** Extended grapheme clusters (UAX 29), with the properties that the Rust library's crate has. */
import { lazy } from '../lazy.ts';
import { tables } from '../unicode/tables.ts';
import { ValueRuns } from '../unicode/value-runs.ts';

/** Bits of the table; `make_tables.py` says how each is found out. */
const joinsBefore = 1;
const extendsEmoji = 2;
const joinsAfter = 4;
const isControl = 8;
const isEmoji = 16;
const linksConsonants = 32;
const isConsonant = 64;
const standsByLink = 128;
const takesVowel = 256;
const takesFinal = 512;

const properties = lazy(() => new ValueRuns(tables.grapheme));

const zeroWidthJoiner = 0x200d;

/** What the characters before a place say about a cut there. */
interface State {
  point: number;
  bits: number;
  /** 1: an emoji and what extends it; 2: and ZWJ after them. */
  emoji: 0 | 1 | 2;
  /** A consonant and what may stand between it and the next; 2 with a link among it. */
  consonant: 0 | 1 | 2;
  /** Regional indicators in a row. */
  flags: number;
}

/** The clusters of a text, from the left. */
export function* graphemesOf(text: string): Iterable<string> {
  const runs = properties();
  const state: State = { point: -1, bits: 0, emoji: 0, consonant: 0, flags: 0 };
  let start = 0;
  for (let at = 0; at < text.length;) {
    const point = text.codePointAt(at) as number;
    const bits = runs.at(point);
    if (at > 0 && isCut(state, point, bits)) {
      yield text.slice(start, at);
      start = at;
    }
    follow(state, point, bits);
    at += point > 0xffff ? 2 : 1;
  }
  if (start < text.length) yield text.slice(start);
}

function isCut(before: State, point: number, bits: number): boolean {
  if (before.point === 0x0d && point === 0x0a) return false;
  if (((before.bits | bits) & isControl) !== 0) return true;
  if ((bits & joinsBefore) !== 0 || (before.bits & joinsAfter) !== 0) return false;
  if ((before.bits & takesVowel) !== 0 && goesOnWithVowel(before, point, bits)) return false;
  if ((before.bits & takesFinal) !== 0 && isFinal(bits, point)) return false;
  if (before.consonant === 2 && (bits & isConsonant) !== 0) return false;
  if (before.emoji === 2 && (bits & isEmoji) !== 0) return false;
  return !(isFlag(point) && before.flags % 2 === 1);
}

/** Leading consonants take vowels, each other and whole syllables; vowels take vowels only. */
function goesOnWithVowel(before: State, point: number, bits: number): boolean {
  const isVowel = (bits & takesVowel) !== 0 && (bits & takesFinal) !== 0 && !isSyllable(point);
  const isLeading = (before.bits & takesFinal) === 0;
  const isLeadingNext = (bits & takesVowel) !== 0 && (bits & takesFinal) === 0;
  return isVowel || (isLeading && (isLeadingNext || isSyllable(point)));
}

function isFinal(bits: number, point: number): boolean {
  return (bits & takesFinal) !== 0 && (bits & takesVowel) === 0 && !isSyllable(point);
}

function isSyllable(point: number): boolean {
  return point >= 0xac00 && point <= 0xd7a3;
}

function isFlag(point: number): boolean {
  return point >= 0x1f1e6 && point <= 0x1f1ff;
}

function follow(state: State, point: number, bits: number): void {
  if ((bits & isEmoji) !== 0) state.emoji = 1;
  else if (state.emoji === 1 && point === zeroWidthJoiner) state.emoji = 2;
  else if (state.emoji !== 1 || (bits & extendsEmoji) === 0) state.emoji = 0;
  if ((bits & isConsonant) !== 0) state.consonant = 1;
  else if ((bits & linksConsonants) !== 0) state.consonant = state.consonant === 0 ? 0 : 2;
  else if ((bits & standsByLink) === 0) state.consonant = 0;
  state.flags = isFlag(point) ? state.flags + 1 : 0;
  state.point = point;
  state.bits = bits;
}
