import type { Rows } from '../../harness/data/index.ts';

/** Everything that rows have to give, in a list. */
export async function allRows<Row>(rows: Rows<Row>): Promise<readonly Row[]> {
  const list: Row[] = [];
  for await (const row of rows) list.push(row);
  return list;
}
