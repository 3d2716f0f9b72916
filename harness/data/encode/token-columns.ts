/** Columns of token ids: a list a row, in two flat buffers (offsets and values). */
import type { Data, DataType, Float64, Int32, List, RecordBatch, Utf8 } from 'apache-arrow';
import { arrow } from '../../arrow/index.ts';
import type { EncodedPair, EncodedQuestion, TokenIds } from '../preference-pair.ts';

/** Key of the schema's metadata that says what the rows are. */
export const formatKey = 'harness.format';
export type FileFormat = 'encoded-pairs/1' | 'encoded-questions/1';

type Tokens = List<Int32>;

function tokenType(): Tokens {
  const { Field, Int32, List } = arrow();
  return new List(new Field('token', new Int32(), false));
}

function tokenListType(): List<Tokens> {
  const { Field, List } = arrow();
  return new List(new Field('candidate', tokenType(), false));
}

/** Columns `id`, `prompt`, `chosen`, `rejected`; and `margin` (null = absent) where it is asked for. */
export function pairBatch(pairs: readonly EncodedPair[], { margins }: { readonly margins: boolean }): RecordBatch {
  return batchOf('encoded-pairs/1', pairs.length, {
    id: idColumn(pairs),
    prompt: tokenColumn(pairs.map((pair) => pair.prompt)),
    chosen: tokenColumn(pairs.map((pair) => pair.chosen)),
    rejected: tokenColumn(pairs.map((pair) => pair.rejected)),
    ...(margins && { margin: marginColumn(pairs) }),
  });
}

/** Columns `id`, `prompt`, `candidates`. */
export function questionBatch(questions: readonly EncodedQuestion[]): RecordBatch {
  return batchOf('encoded-questions/1', questions.length, {
    id: idColumn(questions),
    prompt: tokenColumn(questions.map((question) => question.prompt)),
    candidates: listColumn(
      tokenListType(),
      questions.map((question) => question.candidates.length),
      tokenColumn(questions.flatMap((question) => question.candidates)),
    ),
  });
}

function marginColumn(pairs: readonly EncodedPair[]): Data<Float64> {
  const { Float64, makeData } = arrow();
  const nullBitmap = new Uint8Array(Math.ceil(pairs.length / 8));
  const data = Float64Array.from(pairs, ({ margin }) => margin ?? 0);
  let nullCount = 0;
  pairs.forEach(({ margin }, row) => {
    if (margin === undefined) nullCount += 1;
    else nullBitmap[row >> 3] = (nullBitmap[row >> 3] ?? 0) | (1 << (row & 7));
  });
  return makeData({ type: new Float64(), length: pairs.length, nullCount, nullBitmap, data });
}

function idColumn(rows: readonly { readonly id: string }[]): Data<Utf8> {
  const { makeData, Utf8, vectorFromArray } = arrow();
  return rows.length === 0
    ? makeData({ type: new Utf8(), length: 0, valueOffsets: new Int32Array(1), data: new Uint8Array(0) })
    : (vectorFromArray(
        rows.map((row) => row.id),
        new Utf8(),
      ).data[0] as Data<Utf8>);
}

function tokenColumn(rows: readonly TokenIds[]): Data<Tokens> {
  const { Int32, makeData } = arrow();
  const lengths = rows.map((row) => row.length);
  const values = new Int32Array(lengths.reduce((sum, length) => sum + length, 0));
  let at = 0;
  for (const row of rows) {
    values.set(row, at);
    at += row.length;
  }
  return listColumn(
    tokenType(),
    lengths,
    makeData({ type: new Int32(), length: values.length, nullCount: 0, data: values }),
  );
}

function listColumn<Item extends DataType>(
  type: List<Item>,
  lengths: readonly number[],
  values: Data<Item>,
): Data<List<Item>> {
  const valueOffsets = new Int32Array(lengths.length + 1);
  lengths.forEach((length, index) => {
    valueOffsets[index + 1] = (valueOffsets[index] as number) + length;
  });
  return arrow().makeData({ type, length: lengths.length, nullCount: 0, valueOffsets, child: values });
}

function batchOf(format: FileFormat, rows: number, columns: Readonly<Record<string, Data>>): RecordBatch {
  const { Field, makeData, RecordBatch, Schema, Struct } = arrow();
  const fields = Object.entries(columns).map(([name, data]) => new Field(name, data.type, name === 'margin'));
  const schema = new Schema(fields, new Map([[formatKey, format]]));
  return new RecordBatch(
    schema,
    makeData({ type: new Struct(fields), length: rows, nullCount: 0, children: Object.values(columns) }),
  );
}
