import type { Rows } from './rows.ts';

/** All rows at once, for what is known to be small. */
export async function allRows<Row>(rows: Rows<Row>): Promise<Row[]> {
  const all: Row[] = [];
  for await (const row of rows) all.push(row);
  return all;
}
