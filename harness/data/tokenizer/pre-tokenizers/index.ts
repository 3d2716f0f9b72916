/** The field `pre_tokenizer` of tokenizer.json. */
import type { FeatureReader } from '../feature-reader.ts';
import { readPart } from '../read-part.ts';
import { readByteLevel } from './byte-level.ts';
import {
  readBertPreTokenizer,
  readCharDelimiterSplit,
  readDigits,
  readFixedLength,
  readPunctuation,
  readWhitespace,
  readWhitespaceSplit,
} from './character-kinds.ts';
import { readMetaspace } from './metaspace.ts';
import type { PreTokenizer, ReadPreTokenizer } from './pre-tokenizer.ts';
import { readSplit } from './split.ts';
import { readUnicodeScripts } from './unicode-scripts.ts';

const kinds: Readonly<Record<string, ReadPreTokenizer>> = {
  BertPreTokenizer: readBertPreTokenizer,
  ByteLevel: readByteLevel,
  CharDelimiterSplit: readCharDelimiterSplit,
  Digits: readDigits,
  FixedLength: readFixedLength,
  Metaspace: readMetaspace,
  Punctuation: readPunctuation,
  Sequence: readSequence,
  Split: readSplit,
  UnicodeScripts: readUnicodeScripts,
  Whitespace: readWhitespace,
  WhitespaceSplit: readWhitespaceSplit,
};

/** What is not computed exactly here becomes a problem of the reader. Without a pre-tokenizer nothing is cut. */
export function preTokenizerOf(reader: FeatureReader | null): PreTokenizer {
  if (reader === null) return (pieces) => pieces;
  return readPart<PreTokenizer>(reader, { name: 'pre-tokenizer', kinds, otherwise: (pieces) => pieces });
}

function readSequence(reader: FeatureReader): PreTokenizer {
  const steps = reader.children('pretokenizers').map(preTokenizerOf);
  return (pieces) => steps.reduce((parts, step) => step(parts), pieces);
}
