/** Fields of a row that are unclear, among those that preferences are read from. */
import type { ReadRow } from '../row-files/read-row.ts';
import { unclearIn, type ReadNames } from '../row-files/unclear.ts';
import { candidateFields, usualNames, type FieldName, type FieldNames } from './fields.ts';

/** The reason to leave the row out; null where all that is read of it is clear. */
export function unclearField(row: Pick<ReadRow, 'value' | 'oddities'>, names: FieldNames): string | null {
  const [unclear] = unclearIn(row, readNames(names));
  if (unclear === undefined) return null;
  const { kind, field, text } = unclear;
  if (kind === 'halfPair') return `row: ${field} holds half of a surrogate pair`;
  return kind === 'repeated' ? `row: ${field} is there twice` : `row: ${field} is ${text}`;
}

function readNames(names: FieldNames): ReadNames {
  const row = new Set<string>();
  const inner = new Set(['role', 'content']);
  for (const field of Object.keys(usualNames) as FieldName[])
    for (const name of names[field] === null ? usualNames[field] : [names[field]])
      (candidateFields.has(field) ? inner : row).add(name);
  return { row, inner, handedOn: new Set() };
}
