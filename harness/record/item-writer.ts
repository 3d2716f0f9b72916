/**
 * Items are most of the rows, and their texts repeat. So the rows go to DuckDB as whole numbers, each text goes once,
 * and a join puts them together. Appending the texts row by row took eight times as long.
 */
import { DuckDBDataChunk } from '@duckdb/node-api';
import type { DuckDBAppender, DuckDBConnection } from '@duckdb/node-api';
import type { ItemColumns, WordColumn } from './item-columns.ts';
import { createTable } from './tables.ts';
import { CHUNK_ROWS, TableWriter, appenderTypes } from './write-rows.ts';

const insertItems = `
INSERT INTO items
  SELECT s.word, k.word, i.word, g.word, c.candidate, c.reward, c.is_correct, c.tokens, a.word, b.word, o.word
  FROM item_codes c
  LEFT JOIN item_words s ON s.code = c.stage
  LEFT JOIN item_words k ON k.code = c.kind
  LEFT JOIN item_words i ON i.code = c.item
  LEFT JOIN item_words g ON g.code = c.item_group
  LEFT JOIN item_words a ON a.code = c.answer
  LEFT JOIN item_words b ON b.code = c.subset
  LEFT JOIN item_words o ON o.code = c.source`;

export class ItemWriter {
  readonly #connection: DuckDBConnection;
  readonly #words: TableWriter<'item_words'>;
  readonly #codes = new Map<string, number>();
  readonly #chunk = DuckDBDataChunk.create(appenderTypes('item_codes'));
  #appender: DuckDBAppender | null = null;

  constructor(connection: DuckDBConnection) {
    this.#connection = connection;
    this.#words = new TableWriter(connection, 'item_words');
  }

  async add(stageId: string, items: ItemColumns): Promise<void> {
    const appender = (this.#appender ??= await this.#open());
    const columns = this.#columnsOf(stageId, items);
    for (let start = 0; start < items.rows; start += CHUNK_ROWS) {
      this.#chunk.reset();
      this.#chunk.rowCount = Math.min(CHUNK_ROWS, items.rows - start);
      for (const [index, column] of columns.entries())
        this.#chunk.setColumnValues(
          index,
          Array.from<number | boolean | null>(column.slice(start, start + CHUNK_ROWS)),
        );
      appender.appendDataChunk(this.#chunk);
    }
  }

  /** In the order of the columns of `item_codes`. */
  #columnsOf(stageId: string, items: ItemColumns): readonly (Int32Array | Float32Array | ItemColumns['isCorrect'])[] {
    return [
      new Int32Array(items.rows).fill(this.#codeOf(stageId)),
      this.#recode(items.set),
      this.#recode(items.itemId),
      this.#recode(items.group),
      items.candidate,
      items.reward,
      items.isCorrect,
      items.tokens,
      this.#recode(items.answer),
      this.#recode(items.subset),
      this.#recode(items.source),
    ];
  }

  /** Puts the rows of all `add`s into `items`. */
  async close(): Promise<void> {
    if (this.#appender === null) return;
    this.#appender.closeSync();
    await this.#words.flush();
    await this.#connection.run(insertItems);
  }

  async #open(): Promise<DuckDBAppender> {
    await this.#connection.run(createTable('item_words'));
    await this.#connection.run(createTable('item_codes'));
    return this.#connection.createAppender('item_codes');
  }

  #codeOf(word: string): number {
    const known = this.#codes.get(word);
    if (known !== undefined) return known;
    this.#words.add({ code: this.#codes.size, word });
    this.#codes.set(word, this.#codes.size);
    return this.#codes.size - 1;
  }

  /** Codes of one stage as codes of all stages. -1 stays -1, for which there is no word. */
  #recode({ words, codes }: WordColumn): Int32Array {
    const whole = words.map((word) => this.#codeOf(word));
    return codes.map((code) => whole[code] ?? -1);
  }
}
