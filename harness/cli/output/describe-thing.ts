/** A stage, trial or experiment on record, for people: what it is, what came of it, and last how it was configured. */
import type { Row } from '../../record/index.ts';
import { formatTable, type Cell, type FormatTableOptions } from '../../text/index.ts';
import { nameColumn, outcomeColumn } from './outcome.ts';

export type Part = string | Row | readonly Row[];
/** `kind` and `id` are texts, its own fields are a row, all that hangs on it are rows. */
export type NamedThing = Readonly<Record<string, Part>>;

export const isRows = (part: Row | readonly Row[]): part is readonly Row[] => Array.isArray(part);

export function describeThing(thing: NamedThing, options: FormatTableOptions): string {
  const own = Object.values(thing).find((part): part is Row => typeof part !== 'string' && !isRows(part)) ?? {};
  const { config, spec_text: specText, ...fields } = own;
  return [
    `${String(thing['kind'])} ${String(thing['id'])}\n${fieldTable(fields, options)}`,
    ...Object.entries(thing).flatMap(([name, part]) => rowSection(thing, name, part, options)),
    ...(typeof config === 'object' && config !== null ? [`config\n${fieldTable(config as Row, options, true)}`] : []),
    ...(typeof specText === 'string' ? [`experiment file, resolved\n${specText.trimEnd()}`] : []),
  ].join('\n\n');
}

function rowSection(thing: NamedThing, name: string, part: Part, options: FormatTableOptions): readonly string[] {
  if (typeof part === 'string' || !isRows(part) || part.length === 0) return [];
  const columns = Object.keys(part[0] ?? {}).filter(
    (column) => part.some((row) => row[column] !== null) && (column !== 'stage_id' || thing['kind'] !== 'stage'),
  );
  const table = formatTable(
    columns.map((column) => (column === 'outcome' ? outcomeColumn : column === 'name' ? nameColumn : column)),
    part.map((row) => columns.map((column) => row[column] as Cell)),
    options,
  );
  return [`${name}\n${table}`];
}

/** One line a field. Of a config, what is not set is left out. */
function fieldTable(row: Row, options: FormatTableOptions, isConfig = false): string {
  const fields = Object.entries(row).flatMap(([field, value]) => flatten(field, value, isConfig));
  const table = formatTable(['field', { name: 'value', align: 'left', isImportant: true }], fields, options);
  return table.slice(table.indexOf('\n') + 1);
}

/** Nested values as dotted fields: a config is read line by line. */
function flatten(field: string, value: unknown, isConfig: boolean): readonly (readonly [string, Cell])[] {
  if (value === null) return isConfig ? [] : [[field, null]];
  if (Array.isArray(value)) return [[field, JSON.stringify(value)]];
  if (typeof value === 'object')
    return Object.entries(value).flatMap(([key, inner]) => flatten(`${field}.${key}`, inner, isConfig));
  // A number of a config is shown as it is, not rounded like a measurement.
  return [[field, isConfig || field.includes('.') ? String(value) : (value as Cell)]];
}
