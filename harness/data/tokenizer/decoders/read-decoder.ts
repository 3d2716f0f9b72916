/** The `decoder` of a tokenizer.json: how the texts of tokens become a text again. */
import type { FeatureReader } from '../feature-reader.ts';
import { normalizerOf } from '../normalizers/index.ts';
import { readPart } from '../read-part.ts';
import { readBpeDecoder } from './bpe.ts';
import { byteFallback } from './byte-fallback.ts';
import { byteLevel } from './byte-level.ts';
import { readCtc } from './ctc.ts';
import type { Decoder } from './decoder.ts';
import { readMetaspace } from './metaspace.ts';
import { readStrip } from './strip.ts';
import { readWordPiece } from './word-piece.ts';

const decoders: Readonly<Record<string, (reader: FeatureReader) => Decoder>> = {
  BPEDecoder: readBpeDecoder,
  ByteFallback: () => byteFallback,
  ByteLevel: readByteLevel,
  CTC: readCtc,
  Fuse: () => (tokens) => [tokens.join('')],
  Metaspace: readMetaspace,
  Replace: readReplace,
  Sequence: readSequence,
  Strip: readStrip,
  WordPiece: readWordPiece,
};

/** Without a decoder tokens are joined by spaces. */
export function readDecoder(reader: FeatureReader | null): (tokens: readonly string[]) => string {
  if (reader === null) return (tokens) => tokens.join(' ');
  const decoder = readOne(reader);
  return (tokens) => decoder(tokens).join('');
}

function readOne(reader: FeatureReader): Decoder {
  return readPart<Decoder>(reader, { name: null, kinds: decoders, otherwise: (tokens) => tokens });
}

function readSequence(reader: FeatureReader): Decoder {
  const parts = reader.children('decoders').map(readOne);
  return (tokens) => parts.reduce((texts, part) => part(texts), tokens);
}

/** What the three flags say is of no meaning for decoding. */
function readByteLevel(reader: FeatureReader): Decoder {
  for (const flag of ['add_prefix_space', 'trim_offsets', 'use_regex']) reader.flag(flag, true);
  return byteLevel;
}

/** As the normalizer of this name, token by token. */
function readReplace(reader: FeatureReader): Decoder {
  const replace = normalizerOf(reader);
  return (tokens) => tokens.map((token) => replace({ text: token, startLength: 0 }).text);
}
