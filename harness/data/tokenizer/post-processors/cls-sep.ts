/** BERT's and RoBERTa's frame: a token before the text and one behind it. */
import type { FeatureReader } from '../feature-reader.ts';
import type { TokenTable } from '../token-table.ts';
import type { Frame } from './read-post-processor.ts';

export function readCls(reader: FeatureReader, table: TokenTable): Frame {
  return [readToken(reader, 'cls', table), null, readToken(reader, 'sep', table)];
}

/** Written as [token, id]. */
function readToken(reader: FeatureReader, key: string, table: TokenTable): number {
  const written = reader.raw(key);
  if (!Array.isArray(written) || typeof written[0] !== 'string' || !Number.isInteger(written[1])) {
    reader.refuse(`${key}: expected [token, id], found ${JSON.stringify(written)}`);
    return 0;
  }
  const id = written[1] as number;
  if (table.tokenOf(id) === null)
    reader.refuse(`${key}: ${JSON.stringify(written[0])} has the id ${id}, which is no token of the vocabulary`);
  return id;
}
