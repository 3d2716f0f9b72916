/**
 * Changed functions in a seeded order, some of them held out: whole files at a time, with every file that shares a
 * function with them, so that nothing that is trained on is asked for again. They wait on disk; what is kept of each in
 * memory are a few numbers.
 */
import { createHash } from 'node:crypto';
import { randomStream } from '../../random/index.ts';
import type { KeyedFunction } from '../corpus/choose-functions.ts';
import { Clusters } from '../corpus/clusters.ts';
import type { CorpusFunction } from '../corpus/corpus-function.ts';
import type { Drop } from '../corpus/drop.ts';
import type { Rows, StoredRows } from '../rows.ts';
import { KeyTable } from '../storage/key-table.ts';
import { RowSpool } from '../storage/row-spool.ts';

export interface ChosenChanges {
  readonly functions: StoredRows<CorpusFunction>;
  /** Shares no file with `functions`, and no function. */
  readonly heldOut: StoredRows<CorpusFunction>;
}

/** @param options.spoolFile Holds the functions; it must stay until they have been read. */
export async function chooseChanges(
  found: Rows<KeyedFunction>,
  options: { readonly heldOutFunctions: number; readonly spoolFile: string },
  drop: Drop,
): Promise<ChosenChanges> {
  const { spool, groups } = await collect(found, options.spoolFile, drop);
  const order = randomStream(0, 'corpus', 'commits').shuffled(groups.map((_, row) => row));
  const clusters = clustersOf(groups);
  const heldOut = heldOutClusters(order, clusters, options.heldOutFunctions);
  const part = (isHeldOut: boolean): StoredRows<CorpusFunction> => {
    const rows = order.filter((row) => heldOut.has(clusters.of(row)) === isHeldOut);
    return {
      count: rows.length,
      async *[Symbol.asyncIterator]() {
        yield* spool.rows(rows);
      },
    };
  };
  return { functions: part(false), heldOut: part(true) };
}

/** By row: numbers of its file and of its text behind the commit; rows that share one belong together. */
type Groups = readonly (readonly [file: number, text: number])[];

async function collect(
  found: Rows<KeyedFunction>,
  spoolFile: string,
  drop: Drop,
): Promise<{ readonly spool: RowSpool<CorpusFunction>; readonly groups: Groups }> {
  const spool = new RowSpool<CorpusFunction>(spoolFile);
  const [changes, files, texts] = [new KeyTable(), new KeyTable(), new KeyTable()];
  const groups: (readonly [file: number, text: number])[] = [];
  for await (const { fn, keys } of found) {
    const { count: known } = changes;
    // Picked into another branch, or made again after it was taken back.
    if (changes.numberOf(keyOf(`${fn.change?.before}\0${fn.signature}\0${fn.body}`)) < known) {
      drop('function: same change again');
      continue;
    }
    spool.append(fn);
    groups.push([files.numberOf(keyOf(`${fn.package}/${fn.file}`)), texts.numberOf(keys.text)]);
  }
  spool.close();
  return { spool, groups };
}

function keyOf(text: string): Uint32Array {
  const bytes = createHash('sha256').update(text).digest();
  return Uint32Array.of(bytes.readUInt32LE(0), bytes.readUInt32LE(4));
}

function clustersOf(groups: Groups): Clusters {
  const clusters = new Clusters(groups.length);
  const firsts = [new Map<number, number>(), new Map<number, number>()] as const;
  for (const [row, numbers] of groups.entries())
    for (const [which, number] of numbers.entries()) {
      const first = firsts[which]?.get(number);
      if (first === undefined) firsts[which]?.set(number, row);
      else clusters.join(first, row);
    }
  return clusters;
}

/** Whole clusters in order, skipping one that would overshoot, until `wanted` functions are held out. */
function heldOutClusters(order: readonly number[], clusters: Clusters, wanted: number): ReadonlySet<number> {
  const sizes = new Map<number, number>();
  for (const row of order) sizes.set(clusters.of(row), (sizes.get(clusters.of(row)) ?? 0) + 1);
  const chosen = new Set<number>();
  let remaining = wanted;
  for (const [cluster, size] of sizes) {
    if (size > remaining) continue;
    chosen.add(cluster);
    remaining -= size;
  }
  return chosen;
}
