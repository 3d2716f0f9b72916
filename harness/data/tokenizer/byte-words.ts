/**
 * The usual pre-tokenizer of byte-level models, computed faster: words are the matches of one pattern, and are spelled
 * in bytes only where they have not been met before. Whatever has another form goes the way through all of its parts.
 */
import { FeatureReader } from './feature-reader.ts';
import { gpt2Words } from './pre-tokenizers/byte-level.ts';
import { compilePattern, readPattern } from './regex/pattern.ts';
import type { Tiers } from './regex/tiers.ts';

/** The words of a text; null where the pattern leaves something out, so that it must be cut by all the rules. */
export type CutWords = (text: string) => readonly string[] | null;

/** @param written The `pre_tokenizer` of a tokenizer.json; null where it has another form than this. */
export function byteWordsOf(written: unknown): CutWords | null {
  if (written === null || written === undefined) return null;
  const problems: string[] = [];
  const reader = new FeatureReader('', written, problems);
  const parts = reader.raw('pretokenizers') === null ? [reader] : reader.children('pretokenizers');
  const pattern = patternOf(parts);
  return pattern === null || problems.length > 0 ? null : (text) => wordsOf(text, pattern);
}

function patternOf(parts: readonly FeatureReader[]): Tiers | null {
  const bytes = parts.at(-1);
  if (bytes?.raw('type') !== 'ByteLevel' || bytes.raw('add_prefix_space') !== false) return null;
  const cutsWords = bytes.raw('use_regex') !== false;
  if (parts.length === 1) return cutsWords ? compilePattern(gpt2Words) : null;
  const [split] = parts as [FeatureReader];
  const isPlain =
    split.raw('type') === 'Split' && split.raw('behavior') === 'Isolated' && split.raw('invert') === false;
  return parts.length === 2 && !cutsWords && isPlain ? readPattern(split).regex : null;
}

function wordsOf(text: string, pattern: Tiers): readonly string[] | null {
  const words = text.match(pattern.for(text)) ?? [];
  let covered = 0;
  for (const { length } of words) {
    if (length === 0) return null;
    covered += length;
  }
  return covered === text.length ? words : null;
}
