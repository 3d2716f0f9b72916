/** The field `normalizer` of tokenizer.json. */
import { toByteLevel } from '../byte-level-text.ts';
import type { FeatureReader } from '../feature-reader.ts';
import { readPart } from '../read-part.ts';
import { readBert } from './bert.ts';
import { readNmt, readStripAccents } from './filters.ts';
import { toLowercase } from './lowercase.ts';
import { characterwise, type Normalizer, type ReadNormalizer } from './normalizer.ts';
import { readPrecompiled } from './precompiled.ts';
import { readPrepend } from './prepend.ts';
import { readReplace } from './replace.ts';
import { readStrip } from './strip.ts';
import { toForm } from './unicode-forms.ts';

const kinds: Readonly<Record<string, ReadNormalizer>> = {
  BertNormalizer: readBert,
  ByteLevel: () => characterwise(toByteLevel),
  Lowercase: () => characterwise(toLowercase),
  NFC: () => toForm('NFC'),
  NFD: () => toForm('NFD'),
  NFKC: () => toForm('NFKC'),
  NFKD: () => toForm('NFKD'),
  Nmt: readNmt,
  Precompiled: readPrecompiled,
  Prepend: readPrepend,
  Replace: readReplace,
  Sequence: readSequence,
  Strip: readStrip,
  StripAccents: readStripAccents,
};

/** What is not computed exactly here becomes a problem of the reader. Without a normalizer text stays as it is. */
export function normalizerOf(reader: FeatureReader | null): Normalizer {
  if (reader === null) return (piece) => piece;
  return readPart<Normalizer>(reader, { name: 'normalizer', kinds, otherwise: (piece) => piece });
}

function readSequence(reader: FeatureReader): Normalizer {
  const steps = reader.children('normalizers').map(normalizerOf);
  return (piece) => steps.reduce((changed, step) => step(changed), piece);
}
