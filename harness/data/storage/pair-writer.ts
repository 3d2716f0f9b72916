/** Writes pairs into shards, one after the other, so that a million of them need no more memory than one shard. */
import path from 'node:path';
import { BatchFile } from '../../arrow/index.ts';
import type { ContextFitter } from '../encode/context-fitter.ts';
import { contextFitter, fitPair, pairEncoder, type ContextOptions } from '../encode/encode.ts';
import { pairBatch } from '../encode/token-columns.ts';
import { TokenTotals } from '../encode/token-totals.ts';
import type { EncodedPair, PreferencePair } from '../preference-pair.ts';
import type { Rows } from '../rows.ts';
import type { Tokenizer } from '../tokenizer/load-tokenizer.ts';
import { PairTable } from './pair-table.ts';
import { removeShards, shardFile, shardLimits, type ShardLimits } from './pair-shards.ts';

/** Pairs of a record batch: what a reader looks up lies in their offsets, not in the batch. */
const batchPairs = 4096;

export interface PairWriterOptions extends ContextOptions {
  readonly folder: string;
  /** Of the files: `pairs`, `held-out`. */
  readonly name: string;
  readonly tokenizer: Tokenizer;
  readonly limits?: ShardLimits;
}

export interface WrittenPairs {
  /** Names of the files, in a fixed order. */
  readonly outputs: readonly string[];
  /** Pairs written, pairs dropped or cut by reason, and mean lengths in tokens. */
  readonly counts: Readonly<Record<string, number>>;
}

/**
 * All rows, in their order.
 * @throws whatever the rows throw, and UserError (2) where the policy refuses a pair or leaves none; what was written
 * before is left behind.
 */
export async function writePairShards(pairs: Rows<PreferencePair>, options: PairWriterOptions): Promise<WrittenPairs> {
  const writer = await PairWriter.open(options);
  try {
    for await (const pair of pairs) await writer.add(pair);
    return await writer.finish();
  } finally {
    writer.close();
  }
}

/** Replaces the shards of its name. `finish` makes them complete; `close` releases what it holds, whatever happened. */
export class PairWriter {
  readonly #options: PairWriterOptions;
  readonly #encode: (pair: PreferencePair) => EncodedPair;
  readonly #texts: PairTable;
  readonly #outputs: string[] = [];
  readonly #totals = new TokenTotals();
  readonly #fitter: ContextFitter;
  #tokens: BatchFile | null = null;
  #batch: EncodedPair[] = [];
  #shard = { pairs: 0, characters: 0 };

  private constructor(options: PairWriterOptions, texts: PairTable) {
    this.#options = options;
    this.#encode = pairEncoder(options.tokenizer);
    this.#fitter = contextFitter('pair', options.tokenizer, options);
    this.#texts = texts;
  }

  static async open(options: PairWriterOptions): Promise<PairWriter> {
    removeShards(options.folder, options.name);
    return new PairWriter(options, await PairTable.open());
  }

  /** A pair that does not fit into the context is dropped or cut, and counted. */
  async add(pair: PreferencePair): Promise<void> {
    const encoded = fitPair(this.#encode(pair), this.#fitter);
    if (encoded === null) return;
    this.#count(pair, encoded);
    await this.#texts.add(pair);
    if (this.#batch.push(encoded) === batchPairs) await this.#writeBatch();
    const { pairs, characters } = this.#options.limits ?? shardLimits;
    if (this.#shard.pairs >= pairs || this.#shard.characters >= characters) await this.#endShard();
  }

  async finish(): Promise<WrittenPairs> {
    this.#fitter.requireSome(this.#options.name);
    if (this.#shard.pairs > 0 || this.#outputs.length === 0) await this.#endShard();
    return { outputs: this.#outputs, counts: { ...this.#fitter.counts(), ...this.#totals.counts() } };
  }

  close(): void {
    this.#texts.close();
    this.#tokens?.abandon();
  }

  #count({ prompt, chosen, rejected }: PreferencePair, encoded: EncodedPair): void {
    this.#totals.add(encoded);
    this.#shard.pairs += 1;
    this.#shard.characters += prompt.length + chosen.length + rejected.length;
  }

  async #writeBatch(): Promise<void> {
    this.#tokens ??= new BatchFile(this.#path('arrow'));
    await this.#tokens.write(pairBatch(this.#batch, { margins: true }));
    this.#batch = [];
  }

  async #endShard(): Promise<void> {
    if (this.#batch.length > 0 || this.#tokens === null) await this.#writeBatch();
    await this.#tokens?.close();
    this.#tokens = null;
    await this.#texts.writeFile(this.#path('parquet'));
    this.#outputs.push(this.#file('parquet'), this.#file('arrow'));
    this.#shard = { pairs: 0, characters: 0 };
  }

  #file(extension: 'parquet' | 'arrow'): string {
    return shardFile(this.#options.name, this.#outputs.length / 2, extension);
  }

  #path(extension: 'parquet' | 'arrow'): string {
    return path.join(this.#options.folder, this.#file(extension));
  }
}
