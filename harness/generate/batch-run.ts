/** One batch from its prompts to its last token. */
import type { Feeds, Values } from '../engine/index.ts';
import type { TokenIds } from '../data/preference-pair.ts';
import {
  batchFeeds,
  maskOf,
  masksOf,
  readFeeds,
  readTokens,
  windowOf,
  type ModelConfig,
  type PackedRows,
} from '../model/index.ts';
import { slotMultiple } from './batches.ts';
import { KeyValueCache } from './key-value-cache.ts';
import { packPrompts } from './pack-prompts.ts';
import { inverseTemperatureName, nextTokenName, type GenerationSessions } from './programs.ts';
import type { GrowingResponse } from './response.ts';

export interface BatchRow {
  /** The prompt's number. */
  readonly prompt: number;
  readonly tokens: TokenIds;
  readonly response: GrowingResponse;
}

export interface BatchEngine {
  readonly model: ModelConfig;
  readonly sessions: GenerationSessions;
  readonly temperature: number;
  /** Rows of a step at least; the rest are computed and not read. */
  readonly leastRows: number;
}

export interface BatchObservers {
  readonly onNext: (row: BatchRow, next: Float32Array) => void;
  readonly onFinished: (row: BatchRow) => void;
  readonly signal: AbortSignal | null;
}

/** Padded tokens of one prefill at most: masks are as long as prompts for each of them. */
const prefillTokens = 2048;

/** Owns the cache of the batch. */
export class BatchRun {
  readonly #engine: BatchEngine;
  readonly #observers: BatchObservers;
  readonly #promptSlots: number;
  readonly #cache: KeyValueCache;
  /** Row `i` of the cache belongs to the i-th of these. */
  readonly #rows: BatchRow[];

  /** @param promptSlots Padded length of every prompt. */
  constructor(engine: BatchEngine, rows: readonly BatchRow[], promptSlots: number, observers: BatchObservers) {
    this.#engine = engine;
    this.#observers = observers;
    this.#promptSlots = promptSlots;
    this.#rows = [...rows];
    const capacity = Math.max(rows.length, engine.leastRows);
    this.#cache = new KeyValueCache(engine.model, { rows: capacity, slots: promptSlots + slotMultiple });
  }

  async run(): Promise<void> {
    await this.#prefill();
    for (let slot = this.#promptSlots; this.#rows.length > 0; slot++) await this.#step(slot);
  }

  /** Equal prompts are read once. */
  async #prefill(): Promise<void> {
    const groups = rowsByPrompt(this.#rows);
    const perRun = Math.max(1, Math.floor(prefillTokens / this.#promptSlots));
    for (let first = 0; first < groups.length; first += perRun) {
      this.#observers.signal?.throwIfAborted();
      await this.#prefillPart(groups.slice(first, first + perRun));
    }
    this.#dropFinished();
  }

  /** @param groups Rows of the same prompt. */
  async #prefillPart(groups: readonly (readonly number[])[]): Promise<void> {
    const prompts = groups.map(([row]) => this.#rows[row!]!.tokens);
    const { packed, starts, lastTokens } = packPrompts(this.#filled(prompts), {
      rowLength: this.#promptSlots,
      window: windowOf(this.#engine.model),
    });
    const values = await this.#engine.sessions.prefill.run(this.#promptFeeds(packed, lastTokens));
    for (const [group, rows] of groups.entries())
      for (const row of rows) {
        this.#cache.placePrompt(row, values, { from: starts[group]!, length: prompts[group]!.length });
        this.#extend(row, values, group);
      }
  }

  /** The first prompt again and again, up to the rows that there are at least. */
  #filled(prompts: readonly TokenIds[]): readonly TokenIds[] {
    const missing = Math.max(0, this.#engine.leastRows - prompts.length);
    return [...prompts, ...Array.from({ length: missing }, () => prompts[0]!)];
  }

  #promptFeeds(packed: PackedRows, lastTokens: Int32Array): Feeds {
    const { model } = this.#engine;
    const before = model.layers - 1;
    const read = readTokens(packed, { labelRows: lastTokens, pooling: null, mask: maskOf(model, before) });
    return { ...batchFeeds(packed, 0, masksOf(model, before)), ...readFeeds(read, model), ...this.#temperatureFeed() };
  }

  /** Reads the newest token of every row, which gets `slot`, and draws the one after it. */
  async #step(slot: number): Promise<void> {
    this.#observers.signal?.throwIfAborted();
    if (slot === this.#cache.slots) this.#cache.grow(slot + slotMultiple);
    this.#cache.see(slot);
    const rows = Math.max(this.#rows.length, this.#engine.leastRows);
    const values = await this.#engine.sessions.step.run({
      ...this.#tokenFeeds(rows),
      ...this.#cache.feeds(rows, slot),
      ...this.#temperatureFeed(),
    });
    this.#cache.placeNew(this.#rows.length, values, slot);
    for (const row of this.#rows.keys()) this.#extend(row, values, row);
    this.#dropFinished();
  }

  #tokenFeeds(rows: number): Feeds {
    const tokenIds = new Int32Array(rows);
    const positions = new Int32Array(rows);
    for (const [row, { response }] of this.#rows.entries()) {
      tokenIds[row] = response.lastToken;
      positions[row] = response.lastPosition;
    }
    return { tokenIds: { data: tokenIds, shape: [rows] }, positions: { data: positions, shape: [rows] } };
  }

  #temperatureFeed(): Feeds {
    const { temperature } = this.#engine;
    return temperature === 0 ? {} : { [inverseTemperatureName]: 1 / temperature };
  }

  /** @param place The row of the program's output. */
  #extend(row: number, values: Values, place: number): void {
    const { vocabSize } = this.#engine.model;
    const next = values[nextTokenName]!.subarray(place * vocabSize, (place + 1) * vocabSize);
    this.#observers.onNext(this.#rows[row]!, next);
    this.#rows[row]!.response.extend(next);
  }

  /** The last row takes the place of a finished one. */
  #dropFinished(): void {
    for (let row = this.#rows.length - 1; row >= 0; row--) {
      const finished = this.#rows[row]!;
      if (!finished.response.isFinished) continue;
      const last = this.#rows.length - 1;
      this.#cache.move(last, row);
      this.#rows[row] = this.#rows[last]!;
      this.#rows.pop();
      this.#observers.onFinished(finished);
    }
  }
}

/** Numbers of the rows, those with the same prompt together. */
function rowsByPrompt(rows: readonly BatchRow[]): readonly (readonly number[])[] {
  const groups = new Map<string, number[]>();
  for (const [row, { tokens }] of rows.entries()) {
    const key = tokens.join();
    groups.set(key, [...(groups.get(key) ?? []), row]);
  }
  return [...groups.values()];
}
