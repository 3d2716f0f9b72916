/**
 * What every corpus does with the functions it finds: duplicates go, the order is seeded, and some are held out. The
 * result depends on the functions and the order in which they come.
 *
 * The functions themselves wait on disk. What is kept of each in memory are keys and numbers in typed arrays: about 400
 * bytes a function, 0.4 GB for a million.
 */
import { randomStream } from '../../random/index.ts';
import { GrowingRows } from '../storage/growing.ts';
import { KeyTable } from '../storage/key-table.ts';
import { RowSpool } from '../storage/row-spool.ts';
import type { Rows, StoredRows } from '../rows.ts';
import { Clusters } from './clusters.ts';
import type { CorpusFunction } from './corpus-function.ts';
import type { Drop } from './drop.ts';
import { signatureSize, type FunctionKeys } from './function-keys.ts';
import { SimilarFunctions } from './similar-functions.ts';

export interface KeyedFunction {
  readonly fn: CorpusFunction;
  readonly keys: FunctionKeys;
}

export interface ChosenFunctions {
  readonly functions: StoredRows<CorpusFunction>;
  /** Shares no function, no shape and no cluster of near-duplicates with `functions`. */
  readonly heldOut: StoredRows<CorpusFunction>;
  /** Of those that are in either, by package. */
  readonly kept: ReadonlyMap<string, FunctionTotals>;
}

export interface FunctionTotals {
  readonly functions: number;
  /** UTF-8 bytes of signatures and bodies. */
  readonly bytes: number;
}

/**
 * Functions of one shape that are kept: boilerplate (getters, setters, registrations) would otherwise be a third of the
 * corpus.
 */
const maxAlike = 4;

export interface ChooseOptions {
  readonly heldOutFunctions: number;
  /** Functions that are more alike (Jaccard index of their token 5-grams) leave one of them; null = only equal ones do. */
  readonly maxSimilarity: number | null;
}

/** @param options.spoolFile Holds the functions; it must stay until they have been read. */
export async function chooseFunctions(
  found: Rows<KeyedFunction>,
  options: ChooseOptions & { readonly spoolFile: string },
  drop: Drop,
): Promise<ChosenFunctions> {
  const collected = await collect(found, options.spoolFile, drop);
  const { kept, clusters } = dropSimilar(collected, options.maxSimilarity, drop);
  const heldOutClusters = chooseClusters(kept, clusters, options.heldOutFunctions);
  const part = (isHeldOut: boolean): StoredRows<CorpusFunction> =>
    rowsOf(
      collected.spool,
      kept.filter((row) => heldOutClusters.has(clusters.of(row)) === isHeldOut),
    );
  return { functions: part(false), heldOut: part(true), kept: totalsOf(collected, kept) };
}

/** By the number of the function: its row in the spool. */
interface Collected {
  readonly spool: RowSpool<CorpusFunction>;
  readonly shapes: GrowingRows<Uint32Array>;
  readonly signatures: GrowingRows<Uint16Array>;
  /** Number of its package, and its bytes. */
  readonly sizes: GrowingRows<Uint32Array>;
  readonly packages: readonly string[];
}

/** Exact duplicates never reach the disk. The first one found stays. */
async function collect(found: Rows<KeyedFunction>, spoolFile: string, drop: Drop): Promise<Collected> {
  const spool = new RowSpool<CorpusFunction>(spoolFile);
  const texts = new KeyTable();
  const shapes = new GrowingRows(2, (length) => new Uint32Array(length));
  const signatures = new GrowingRows(signatureSize, (length) => new Uint16Array(length));
  const sizes = new GrowingRows(2, (length) => new Uint32Array(length));
  const packages = new Map<string, number>();
  for await (const { fn, keys } of found) {
    if (texts.numberOf(keys.text) < spool.count) {
      drop('function: duplicate');
      continue;
    }
    const packageNumber = packages.get(fn.package) ?? packages.size;
    packages.set(fn.package, packageNumber);
    spool.append(fn);
    shapes.append(keys.shape);
    signatures.append(keys.signature);
    sizes.append([packageNumber, Buffer.byteLength(fn.signature) + Buffer.byteLength(fn.body)]);
  }
  spool.close();
  return { spool, shapes, signatures, sizes, packages: [...packages.keys()] };
}

/**
 * In the seeded order: which of several alike stays is chance, not the alphabet. What resembles one that was dropped is
 * dropped too, so a chain of near-duplicates leaves one function; where a later one joins two chains, both of theirs
 * stay, in one cluster.
 */
function dropSimilar(
  { shapes, signatures, spool }: Collected,
  maxSimilarity: number | null,
  drop: Drop,
): { readonly kept: readonly number[]; readonly clusters: Clusters } {
  const alike = new ShapeGroups(spool.count);
  const similarRows = maxSimilarity === null ? null : new SimilarFunctions(signatures, maxSimilarity);
  const clusters = new Clusters(spool.count);
  const order = randomStream(0, 'corpus').shuffled(Array.from({ length: spool.count }, (_, row) => row));
  const kept = order.filter((row) => {
    const similar = similarRows?.similarTo(row) ?? [];
    if (similar.length > 0) {
      for (const other of similar) clusters.join(other, row);
      similarRows?.add(row);
      return (drop('function: near-duplicate'), false);
    }
    const first = alike.add(Uint32Array.of(shapes.at(row, 0), shapes.at(row, 1)), row);
    if (first === null) return (drop(`function: shape of ${maxAlike} others`), false);
    clusters.join(first, row);
    similarRows?.add(row);
    return true;
  });
  return { kept, clusters };
}

class ShapeGroups {
  readonly #numbers = new KeyTable();
  readonly #sizes: Uint8Array;
  readonly #firsts: Uint32Array;

  constructor(rows: number) {
    this.#sizes = new Uint8Array(rows);
    this.#firsts = new Uint32Array(rows);
  }

  /** The first row of this shape; null where there are enough of it, and the row is not added. */
  add(shape: Uint32Array, row: number): number | null {
    const number = this.#numbers.numberOf(shape);
    const size = this.#sizes[number] ?? 0;
    if (size >= maxAlike) return null;
    if (size === 0) this.#firsts[number] = row;
    this.#sizes[number] = size + 1;
    return this.#firsts[number] ?? row;
  }
}

/** Whole clusters in corpus order, skipping one that would overshoot, until `wanted` functions are held out. */
function chooseClusters(kept: readonly number[], clusters: Clusters, wanted: number): ReadonlySet<number> {
  const sizes = new Map<number, number>();
  for (const row of kept) sizes.set(clusters.of(row), (sizes.get(clusters.of(row)) ?? 0) + 1);
  const chosen = new Set<number>();
  let remaining = wanted;
  for (const [cluster, size] of sizes) {
    if (remaining === 0) break;
    if (size > remaining) continue;
    chosen.add(cluster);
    remaining -= size;
  }
  return chosen;
}

function rowsOf(spool: RowSpool<CorpusFunction>, rows: readonly number[]): StoredRows<CorpusFunction> {
  return {
    count: rows.length,
    async *[Symbol.asyncIterator]() {
      yield* spool.rows(rows);
    },
  };
}

function totalsOf({ sizes, packages }: Collected, kept: readonly number[]): ReadonlyMap<string, FunctionTotals> {
  const totals = packages.map(() => ({ functions: 0, bytes: 0 }));
  for (const row of kept) {
    const own = totals[sizes.at(row, 0)];
    if (own === undefined) continue;
    own.functions += 1;
    own.bytes += sizes.at(row, 1);
  }
  return new Map(packages.map((name, index) => [name, totals[index] ?? { functions: 0, bytes: 0 }]));
}
