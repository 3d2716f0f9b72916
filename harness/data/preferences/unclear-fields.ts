/** Fields of a row that say two things, or something that is no value. What nobody reads stops nothing. */
import { loneSurrogateIn } from '../row-files/lone-surrogate.ts';
import type { ReadRow } from '../row-files/json-rows.ts';
import { candidateFields, isRow, usualNames, type FieldName, type FieldNames } from './fields.ts';

/** The reason to leave the row out; null where all that is read of it is clear. */
export function unclearField(
  { value, oddities }: Pick<ReadRow, 'value' | 'oddities'>,
  names: FieldNames,
): string | null {
  const read = readNames(names);
  for (const { kind, path, text } of oddities) {
    const [, field = '', inner = ''] = /^([^.[]*)(?:\[\d+\])?(?:\.([^.[]*))?/.exec(path) ?? [];
    if (!read.row.has(field) || (inner !== '' && !read.inner.has(inner))) continue;
    return kind === 'repeated' ? `row: ${text} is there twice` : `row: ${inner === '' ? field : inner} is ${text}`;
  }
  if (!isRow(value)) return null;
  const broken = [...read.row].find((field) => loneSurrogateIn(value[field]) !== null);
  return broken === undefined ? null : `row: ${broken} holds half of a surrogate pair`;
}

function readNames(names: FieldNames): { readonly row: ReadonlySet<string>; readonly inner: ReadonlySet<string> } {
  const row = new Set<string>();
  const inner = new Set(['role', 'content']);
  for (const field of Object.keys(usualNames) as FieldName[])
    for (const name of names[field] === null ? usualNames[field] : [names[field]])
      (candidateFields.has(field) ? inner : row).add(name);
  return { row, inner };
}
