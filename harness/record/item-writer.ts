/**
 * Items are most of what is recorded, so they take a road of their own into DuckDB: rows of whole numbers through the
 * appender, the words once, and a join that puts them together. Appending the words row by row took eight times as
 * long.
 */
import { BOOLEAN, DuckDBDataChunk, FLOAT, INTEGER } from '@duckdb/node-api';
import type { DuckDBAppender, DuckDBConnection } from '@duckdb/node-api';
import type { ItemColumns, WordColumn } from './item-columns.ts';
import { TableWriter } from './write-rows.ts';

const CHUNK_ROWS = 2048;
const columnTypes = [INTEGER, INTEGER, INTEGER, INTEGER, INTEGER, FLOAT, BOOLEAN, INTEGER, INTEGER];

export class ItemWriter {
  readonly #connection: DuckDBConnection;
  readonly #words: TableWriter;
  readonly #codes = new Map<string, number>();
  readonly #chunk = DuckDBDataChunk.create(columnTypes);
  #appender: DuckDBAppender | null = null;

  constructor(connection: DuckDBConnection) {
    this.#connection = connection;
    this.#words = new TableWriter(connection, 'item_words');
  }

  async add(stageId: string, items: ItemColumns): Promise<void> {
    const appender = (this.#appender ??= await this.#open());
    const stage = new Int32Array(items.rows).fill(this.#codeOf(stageId));
    const columns = [
      stage,
      this.#recode(items.set),
      this.#recode(items.itemId),
      this.#recode(items.group),
      items.candidate,
      items.reward,
      items.isCorrect,
      items.tokens,
      this.#recode(items.answer),
    ];
    for (let start = 0; start < items.rows; start += CHUNK_ROWS) {
      this.#chunk.reset();
      this.#chunk.rowCount = Math.min(CHUNK_ROWS, items.rows - start);
      columns.forEach((column, index) =>
        this.#chunk.setColumnValues(index, Array.from<number | boolean>(column.slice(start, start + CHUNK_ROWS))),
      );
      appender.appendDataChunk(this.#chunk);
    }
  }

  /** Puts the rows of all `add`s into `items`. */
  async close(): Promise<void> {
    if (this.#appender === null) return;
    this.#appender.closeSync();
    await this.#words.flush();
    await this.#connection
      .run(`INSERT INTO items SELECT s.word, k.word, i.word, g.word, c.candidate, c.reward, c.is_correct, c.tokens, a.word FROM item_codes c
      LEFT JOIN item_words s ON s.code = c.stage LEFT JOIN item_words k ON k.code = c.kind LEFT JOIN item_words i ON i.code = c.item
      LEFT JOIN item_words g ON g.code = c.item_group LEFT JOIN item_words a ON a.code = c.answer`);
  }

  async #open(): Promise<DuckDBAppender> {
    await this.#connection.run('CREATE OR REPLACE TEMP TABLE item_words (code INTEGER, word VARCHAR)');
    await this.#connection.run(
      'CREATE OR REPLACE TEMP TABLE item_codes (stage INTEGER, kind INTEGER, item INTEGER, item_group INTEGER, candidate INTEGER, reward FLOAT, is_correct BOOLEAN, tokens INTEGER, answer INTEGER)',
    );
    return this.#connection.createAppender('item_codes');
  }

  #codeOf(word: string): number {
    const known = this.#codes.get(word);
    if (known !== undefined) return known;
    this.#words.addRow([this.#codes.size, word]);
    this.#codes.set(word, this.#codes.size);
    return this.#codes.size - 1;
  }

  /** A column's own codes as codes of the whole collection; -1 stays -1 and finds no word. */
  #recode({ words, codes }: WordColumn): Int32Array {
    const whole = words.map((word) => this.#codeOf(word));
    return codes.map((code) => whole[code] ?? -1);
  }
}
