/** A weighted mixture of pair sources, in an order that has the wanted shares from the first pairs on. */
import type { PreferencePair } from '../preference-pair.ts';
import type { Rows } from '../rows.ts';

export interface MixedPart {
  readonly name: string;
  /** Relative to the other parts. */
  readonly weight: number;
  readonly pairs: Rows<PreferencePair>;
}

/**
 * Each time the part that is furthest behind its share, the first of equals. Ends when that part has no more: so every
 * budget has the shares that were asked for, to within a pair. `counts`: pairs taken by part.
 */
export async function* mixedPairs(
  parts: readonly MixedPart[],
  counts: Record<string, number>,
): AsyncGenerator<PreferencePair> {
  const total = parts.reduce((sum, { weight }) => sum + weight, 0);
  const open = parts.map(({ name, weight, pairs }) => ({ name, share: weight / total, rows: read(pairs), taken: 0 }));
  for (const { name } of open) counts[`part: ${name}`] = 0;
  for (let position = 1; ; position++) {
    const behind = open.reduce((most, one) => (lag(one, position) > lag(most, position) ? one : most));
    const { value, done } = await behind.rows.next();
    if (done === true) return;
    behind.taken += 1;
    counts[`part: ${behind.name}`] = behind.taken;
    yield { ...value, id: `${behind.name}/${value.id}` };
  }
}

function lag({ share, taken }: { readonly share: number; readonly taken: number }, position: number): number {
  return share * position - taken;
}

async function* read<Row>(rows: Rows<Row>): AsyncGenerator<Row, undefined> {
  for await (const row of rows) yield row;
  return undefined;
}
