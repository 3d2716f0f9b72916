/** Fields of a row that are unclear, among those that preferences are read from. */
import type { ReadRow } from '../row-files/read-row.ts';
import { dropReason, unclearIn, type ReadNames } from '../row-files/unclear.ts';
import { candidateFields, usualNames, type FieldName, type FieldNames } from './fields.ts';

/** Read of chat rows beside the fields that have names of their own. */
const chatFields = ['messages', 'system', 'system_prompt', 'tools'];

/** The reason to leave the row out; null where all that is read of it is clear. */
export function unclearField(row: Pick<ReadRow, 'value' | 'oddities'>, names: FieldNames): string | null {
  const [unclear] = unclearIn(row, readNames(names));
  return unclear === undefined ? null : dropReason(unclear);
}

function readNames(names: FieldNames): ReadNames {
  const fields = Object.keys(usualNames) as readonly FieldName[];
  const tried = (field: FieldName): readonly string[] => (names[field] === null ? usualNames[field] : [names[field]]);
  const ofCandidates = new Set(fields.filter((field) => candidateFields.has(field)).flatMap(tried));
  return {
    row: new Set([...chatFields, ...fields.filter((field) => !candidateFields.has(field)).flatMap(tried)]),
    listed: new Map(tried('candidates').map((name) => [name, ofCandidates])),
    handedOn: new Set(),
  };
}
