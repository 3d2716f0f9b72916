/** The field `normalizer` of tokenizer.json. */
import type { FeatureReader } from '../feature-reader.ts';
import type { Normalizer, ReadNormalizer } from './normalizer.ts';
import { readForm } from './unicode-forms.ts';

const kinds: Readonly<Record<string, ReadNormalizer>> = {
  NFC: readForm('NFC'),
  NFD: readForm('NFD'),
  NFKC: readForm('NFKC'),
  NFKD: readForm('NFKD'),
  Sequence: readSequence,
};

/** What is not computed exactly here becomes a problem of the reader. Without a normalizer text stays as it is. */
export function normalizerOf(reader: FeatureReader | null): Normalizer {
  if (reader === null) return (piece) => piece;
  const kind = reader.kind();
  const read = Object.hasOwn(kinds, kind) ? kinds[kind] : undefined;
  if (read === undefined) {
    reader.refuse(`the normalizer ${kind} is not known here`);
    return (piece) => piece;
  }
  const normalizer = read(reader);
  reader.done();
  return normalizer;
}

function readSequence(reader: FeatureReader): Normalizer {
  const steps = reader.children('normalizers').map(normalizerOf);
  return (piece) => steps.reduce((changed, step) => step(changed), piece);
}
