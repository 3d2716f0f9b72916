/** Pairs of a file that somebody has: in our own shape, or in one that the pair source `files` reads. */
import type { PreferencePair } from '../preference-pair.ts';
import { isPair } from '../encode/json-lines.ts';
import { textHash } from '../contamination/gram-hash.ts';
import { usualNames, type FieldName } from '../preferences/fields.ts';
import { preferencePairs } from '../preferences/preference-pairs.ts';
import { readRows } from '../row-files/row-file.ts';
import type { Rows } from '../rows.ts';

/** Of the groups: a file has no held-out pairs of its own, and rankers need some. */
const heldOutShare = 0.2;

export interface PairsOfFile {
  readonly trained: Rows<PreferencePair>;
  readonly heldOut: Rows<PreferencePair>;
}

/**
 * A fifth of the groups are held out.
 * @param language Of pairs that do not say theirs; null = not known.
 * @throws UserError (2) for a file that cannot be used.
 */
export async function readPairsFile(
  file: string,
  language: string | null,
  note: (text: string) => void,
): Promise<PairsOfFile> {
  const told = (pair: PreferencePair): PreferencePair =>
    language === null || pair.language !== undefined ? pair : { ...pair, language };
  if (await isOurs(file)) {
    return { trained: ownRows(file, false, told), heldOut: ownRows(file, true, told) };
  }
  const names = Object.keys(usualNames) as readonly FieldName[];
  const { pairs, heldOut } = await preferencePairs(
    {
      path: file,
      heldOut: heldOutShare,
      fields: Object.fromEntries(names.map((name) => [name, null])) as Record<FieldName, null>,
      chat: { template: () => null, texts: false },
      separator: '\n',
      pairsPerQuestion: 8,
      seed: 0,
    },
    note,
  );
  return { trained: pairs.map(told), heldOut: heldOut.map(told) };
}

async function isOurs(file: string): Promise<boolean> {
  for await (const { value } of readRows(file)) return isPair(withoutNulls(value));
  return false;
}

async function* ownRows(
  file: string,
  isHeldOut: boolean,
  told: (pair: PreferencePair) => PreferencePair,
): AsyncGenerator<PreferencePair> {
  for await (const row of readRows(file)) {
    const value = withoutNulls(row.value);
    if (!isPair(value)) continue;
    const drawn = textHash(value.group).low / 2 ** 32 < heldOutShare;
    if (drawn === isHeldOut) yield told(value);
  }
}

/** A column of Parquet is there for every row; in a pair, what is not known is absent. */
function withoutNulls(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).filter(([, field]) => field !== null));
}
