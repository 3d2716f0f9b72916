/** BERT's and RoBERTa's frame: a token before the text and one behind it. */
import type { FeatureReader } from '../feature-reader.ts';
import type { Frame, IsToken } from './frame.ts';

export function readCls(reader: FeatureReader, isToken: IsToken): Frame {
  return [readToken(reader, 'cls', isToken), null, readToken(reader, 'sep', isToken)];
}

/** Written as [token, id]. */
function readToken(reader: FeatureReader, key: string, isToken: IsToken): number {
  const written = reader.raw(key);
  if (!Array.isArray(written) || typeof written[0] !== 'string' || !Number.isInteger(written[1])) {
    reader.refuse(`${key}: expected [token, id], found ${JSON.stringify(written)}`);
    return 0;
  }
  const id = written[1] as number;
  if (!isToken(id))
    reader.refuse(`${key}: ${JSON.stringify(written[0])} has the id ${id}, which is no token of the vocabulary`);
  return id;
}
