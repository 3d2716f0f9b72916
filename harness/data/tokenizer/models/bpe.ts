/** Byte-pair encoding (Sennrich et al. 2016), as the Rust library computes it. */
import type { FeatureReader } from '../feature-reader.ts';
import type { IdList } from '../id-list.ts';
import { BpeMerger } from './bpe-merge.ts';
import { readMerges, type BpeMerges } from './bpe-merges.ts';
import { addSymbols, byteTokens, type SymbolOptions } from './bpe-symbols.ts';
import type { TokenModel } from './model.ts';
import { PieceCache } from './piece-cache.ts';
import { cutAtWordStarts, wordStart } from './word-starts.ts';
import { readVocabulary } from './vocabulary.ts';

export function readBpe(reader: FeatureReader): TokenModel {
  const dropout = reader.optionalNumber('dropout');
  if (dropout !== null && dropout !== 0)
    reader.refuse(`dropout ${dropout}: the tokens of a text would change from call to call`);
  const vocabulary = readVocabulary(reader);
  const { ids } = vocabulary;
  const prefix = reader.optionalText('continuing_subword_prefix') ?? '';
  const symbols: SymbolOptions = {
    ids,
    prefix,
    suffix: reader.optionalText('end_of_word_suffix') ?? '',
    unknown: reader.optionalText('unk_token'),
    fusesUnknown: reader.flag('fuse_unk', false),
    bytes: reader.flag('byte_fallback', false) ? byteTokens(ids) : null,
  };
  const ignoresMerges = reader.flag('ignore_merges', false);
  const merges = readMerges(reader, ids, prefix);
  const encode = encoderOf(symbols, merges);
  return {
    kind: 'BPE',
    vocabulary,
    encode: (piece, into) => {
      const whole = ignoresMerges ? ids.get(piece) : undefined;
      if (whole === undefined) encode(piece, into);
      else into.push(whole);
    },
  };
}

type Encode = (piece: string, ids: IdList) => void;

function encoderOf(symbols: SymbolOptions, merges: BpeMerges): Encode {
  const merger = new BpeMerger(merges.ranks, merges.results);
  const encode: Encode = (piece, ids) => {
    merger.clear();
    addSymbols(piece, symbols, merger);
    merger.merge(ids);
  };
  if (!isCutAtWordStarts(symbols, merges)) return encode;
  const words = new PieceCache(encode);
  return (piece, ids) => cutAtWordStarts(piece, (word) => words.encode(word, ids));
}

/**
 * Whether no merge reaches over the start of a word (`▁` behind another character), so that a whole text as one
 * pre-token (Llama 2) can be encoded word by word. `▁` is a token of its own, so no unknown character waits there; and
 * the character before it must become some token, or two words would touch.
 */
function isCutAtWordStarts({ ids, prefix, suffix, unknown, bytes }: SymbolOptions, { pairs }: BpeMerges): boolean {
  const keepsAll = unknown !== null || bytes?.includes(-1) === false;
  return (
    keepsAll &&
    prefix === '' &&
    suffix === '' &&
    ids.has(wordStart) &&
    unknown?.endsWith(wordStart) !== true &&
    pairs.every(([left, right]) => !right.startsWith(wordStart) || left.endsWith(wordStart))
  );
}
