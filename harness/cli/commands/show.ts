/** `harness show ID`: one stage, trial or experiment with all that hangs on it. */
import { showThing, withDatabase } from '../../record/index.ts';
import type { Row, Thing } from '../../record/index.ts';
import type { CliContext } from '../context.ts';
import { camelRow } from '../output/json-keys.ts';
import { formatTable } from '../output/table.ts';
import type { Cell } from '../output/table.ts';

export async function show(
  context: CliContext,
  flags: { readonly results?: string; readonly json: boolean },
  id: string,
): Promise<void> {
  const thing = await withDatabase(context.resultsFolder(flags.results), (database) => showThing(database, id));
  if (flags.json)
    return context.printJson(Object.fromEntries(Object.entries(thing).map(([name, part]) => [name, camelPart(part)])));
  context.print(
    Object.entries(thing)
      .flatMap(([name, part]) => section(thing, name, part))
      .join('\n\n'),
  );
}

type Part = string | Row | readonly Row[];

function camelPart(part: Part): unknown {
  if (typeof part === 'string') return part;
  return isRows(part) ? part.map(camelRow) : camelRow(part);
}

function section(thing: Thing, name: string, part: Part): readonly string[] {
  if (typeof part === 'string') return [];
  if (!isRows(part)) return fields(thing, part);
  const [first] = part;
  if (first === undefined) return [];
  const columns = Object.keys(first).filter(
    (column) =>
      (part.some((row) => row[column] !== null) && column !== 'stage_id') ||
      (column === 'stage_id' && thing.kind !== 'stage'),
  );
  return [
    `${name}\n${formatTable(
      columns,
      part.map((row) => columns.map((column) => row[column] as Cell)),
    )}`,
  ];
}

/** The thing's own fields, and below them the text of an experiment as it was written. */
function fields(thing: Thing, row: Row): readonly string[] {
  const { spec_text: specText, ...others } = row;
  const table = formatTable(
    ['field', { name: 'value', align: 'left' }],
    Object.entries(others).flatMap(([field, value]) => flatten(field, value)),
  );
  return [
    `${thing.kind} ${thing.id}\n${table.slice(table.indexOf('\n') + 1)}`,
    ...(typeof specText === 'string' ? [specText.trimEnd()] : []),
  ];
}

/** Nested values as dotted fields: a config is read line by line. */
function flatten(field: string, value: unknown): readonly (readonly [string, Cell])[] {
  // A number of a config is shown as it is, not rounded like a measurement.
  if (typeof value !== 'object' || value === null)
    return [[field, field.includes('.') ? String(value) : (value as Cell)]];
  if (Array.isArray(value)) return [[field, JSON.stringify(value)]];
  return Object.entries(value).flatMap(([key, inner]) => flatten(`${field}.${key}`, inner));
}

const isRows = (part: Row | readonly Row[]): part is readonly Row[] => Array.isArray(part);
