/**
 * `Precompiled` (SentencePiece): replaces by a map that comes with the model. The Rust library looks up whole graphemes
 * of less than six bytes, and then single characters.
 */
import type { FeatureReader } from '../feature-reader.ts';
import { Charsmap } from './charsmap.ts';
import { graphemesOf } from './graphemes.ts';
import { startAfter, type Change, type Normalizer } from './normalizer.ts';

/** Graphemes never go beyond these: ASCII joins only with what is not ASCII, and CR with LF. */
const graphemeRuns = /(?:(?:\r\n|[\0-\x7f])?[^\0-\x7f]+)+(?:\r\n|[\0-\x7f])?|\r\n|[\0-\x7f]/g;

export function readPrecompiled(reader: FeatureReader): Normalizer {
  const map = readMap(reader);
  if (map === null) return (piece) => piece;
  const replacements = new Map<string, string | null>();
  const replacementOf = (part: string): string | null => {
    const known = replacements.get(part);
    if (known !== undefined) return known;
    const replacement = map.replacementOf(part);
    // Graphemes are many, and a text repeats few of them.
    if (replacements.size < 65_536) replacements.set(part, replacement);
    return replacement;
  };
  return (piece) => {
    const text = piece.text.replace(graphemeRuns, (run) => changedRun(run, replacementOf));
    return { text, startLength: startAfter(changesOf(piece.text, replacementOf), piece) };
  };
}

type ReplacementOf = (part: string) => string | null;

function readMap(reader: FeatureReader): Charsmap | null {
  const text = reader.text('precompiled_charsmap');
  const bytes = Buffer.from(text, 'base64');
  try {
    if (bytes.toString('base64') === text) return new Charsmap(bytes);
    reader.refuse('precompiled_charsmap is not in base64');
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    reader.refuse(`precompiled_charsmap: ${error.message}`);
  }
  return null;
}

function changedRun(run: string, replacementOf: ReplacementOf): string {
  if (run.length === 1) return replacementOf(run) ?? run;
  let changed = '';
  for (const grapheme of graphemesOf(run))
    changed += wholeReplacement(grapheme, replacementOf) ?? characterwise(grapheme, replacementOf);
  return changed;
}

function wholeReplacement(grapheme: string, replacementOf: ReplacementOf): string | null {
  return Buffer.byteLength(grapheme) < 6 ? replacementOf(grapheme) : null;
}

function characterwise(grapheme: string, replacementOf: ReplacementOf): string {
  let changed = '';
  for (const character of grapheme) changed += replacementOf(character) ?? character;
  return changed;
}

/** As the library counts: what a part loses goes with the last character that there is before. */
function* changesOf(text: string, replacementOf: ReplacementOf): Iterable<Change> {
  let last: [string, number] | null = null;
  for (const [part, replacement] of replacementsIn(text, replacementOf)) {
    const characters = [...replacement];
    const added = characters.length - [...part].length;
    for (const [index, character] of characters.entries()) {
      if (last !== null) yield last;
      last = [character, index >= characters.length - added ? 1 : 0];
    }
    if (last !== null && added < 0) last[1] += added;
  }
  if (last !== null) yield last;
}

function* replacementsIn(text: string, replacementOf: ReplacementOf): Iterable<readonly [string, string]> {
  for (const grapheme of graphemesOf(text)) {
    const whole = wholeReplacement(grapheme, replacementOf);
    if (whole !== null) yield [grapheme, whole];
    else for (const character of grapheme) yield [character, replacementOf(character) ?? character];
  }
}
