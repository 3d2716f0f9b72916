/** Items are most of the rows: they are written as codes (coded-rows.ts). */
import type { DuckDBConnection } from '@duckdb/node-api';
import { NumberRows, type Words } from './coded-rows.ts';
import type { ItemColumns, WordColumn } from './item-columns.ts';

export const insertItems = `
INSERT INTO items
  SELECT
    s.word, k.word, i.word, g.word, c.candidate, c.reward, CASE WHEN c.is_correct >= 0 THEN c.is_correct = 1 END,
    c.tokens, a.word, b.word, o.word
  FROM item_codes c
  LEFT JOIN words s ON s.code = c.stage
  LEFT JOIN words k ON k.code = c.kind
  LEFT JOIN words i ON i.code = c.item
  LEFT JOIN words g ON g.code = c.item_group
  LEFT JOIN words a ON a.code = c.answer
  LEFT JOIN words b ON b.code = c.subset
  LEFT JOIN words o ON o.code = c.source`;

export class ItemWriter {
  readonly #words: Words;
  readonly #rows: NumberRows;

  constructor(connection: DuckDBConnection, words: Words) {
    this.#words = words;
    this.#rows = new NumberRows(connection, 'item_codes');
  }

  async add(stageId: string, items: ItemColumns): Promise<void> {
    const stage = this.#words.codeOf(stageId);
    // In the order of the columns of `item_codes`.
    const columns = [
      this.#recode(items.set),
      this.#recode(items.itemId),
      this.#recode(items.group),
      items.candidate,
      items.reward,
      items.isCorrect.map(correctness),
      items.tokens,
      this.#recode(items.answer),
      this.#recode(items.subset),
      this.#recode(items.source),
    ];
    for (let row = 0; row < items.rows; row++) {
      const isFull = this.#rows.add([stage, ...columns.map((column) => column[row] as number)]);
      if (isFull) await this.#rows.append();
    }
  }

  /** Whether there are rows for `insertItems`. */
  close(): Promise<boolean> {
    return this.#rows.close();
  }

  /** Codes of one stage as codes of all stages. -1 stays -1, for which there is no word. */
  #recode({ words, codes }: WordColumn): Int32Array {
    const whole = words.map((word) => this.#words.codeOf(word));
    return codes.map((code) => whole[code] ?? -1);
  }
}

const correctness = (isCorrect: boolean | null): number => (isCorrect === null ? -1 : Number(isCorrect));
