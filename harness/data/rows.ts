/** Rows that come one after the other, so that none of them has to wait in memory for the others. Types only. */

/** Read once, from the first to the last. */
export type Rows<Row> = Iterable<Row> | AsyncIterable<Row>;

/** Rows in a file: they can be read again and again. */
export interface StoredRows<Row> extends AsyncIterable<Row> {
  readonly count: number;
}
