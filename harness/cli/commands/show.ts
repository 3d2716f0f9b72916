/** `harness show ID...`: stages, trials or experiments with all that hangs on them. */
import { showThing, withDatabase } from '../../record/index.ts';
import type { Row, Thing } from '../../record/index.ts';
import { formatTable, type Cell, type FormatTableOptions } from '../../text/index.ts';
import type { CliContext } from '../context.ts';
import { camelRow } from '../output/json-keys.ts';
import { nameColumn, outcomeColumn } from '../output/outcome.ts';
import { recordedNames } from '../recorded-names.ts';

interface ShowFlags {
  readonly results?: string;
  readonly json: boolean;
}

/** With one id the document is the thing itself; with several it has them in a list. */
export async function show(context: CliContext, flags: ShowFlags, ...ids: readonly string[]): Promise<void> {
  const folder = context.resultsFolder(flags.results);
  const found = await withDatabase(folder, async (database) => {
    const things: Thing[] = [];
    for (const id of ids) things.push(await showThing(database, id));
    return things;
  });
  const names = recordedNames(folder);
  const things = found.map((thing) => withNames(thing, names));
  const [only, ...others] = things;
  if (flags.json)
    return context.printJson(
      others.length === 0 && only !== undefined ? documentOf(only) : { things: things.map(documentOf) },
    );
  context.print(things.map((thing) => describe(thing, context)).join('\n\n\n'));
}

type Part = string | Row | readonly Row[];
type NamedThing = Readonly<Record<string, Part>>;

/** Names stand beside the ids of stages, wherever these are. */
function withNames(thing: Thing, names: ReadonlyMap<string, string>): NamedThing {
  const named = Object.entries(thing).map(([key, part]): readonly [string, Part] => {
    if (typeof part === 'string' || key === 'runs') return [key, part];
    if (!isRows(part)) return [key, key === 'stage' ? withName(part, thing.id, names) : part];
    return [
      key,
      part.map((row) => (typeof row['stage_id'] === 'string' ? withName(row, row['stage_id'], names) : row)),
    ];
  });
  return Object.fromEntries(named);
}

function withName({ stage_id: stageId, ...row }: Row, id: string, names: ReadonlyMap<string, string>): Row {
  return { ...(stageId === undefined ? {} : { stage_id: stageId }), name: names.get(id) ?? null, ...row };
}

function documentOf(thing: NamedThing): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(thing).map(([name, part]) => [name, camelPart(part)]));
}

function camelPart(part: Part): unknown {
  if (typeof part === 'string') return part;
  return isRows(part) ? part.map(camelRow) : camelRow(part);
}

function describe(thing: NamedThing, { width, paint }: CliContext): string {
  return Object.entries(thing)
    .flatMap(([name, part]) => section(thing, name, part, { width, paint }))
    .join('\n\n');
}

function section(thing: NamedThing, name: string, part: Part, options: FormatTableOptions): readonly string[] {
  if (typeof part === 'string') return [];
  if (!isRows(part)) return fields(thing, part, options);
  const [first] = part;
  if (first === undefined) return [];
  const columns = Object.keys(first).filter(
    (column) =>
      (part.some((row) => row[column] !== null) && column !== 'stage_id') ||
      (column === 'stage_id' && thing['kind'] !== 'stage'),
  );
  const table = formatTable(
    columns.map((column) => (column === 'outcome' ? outcomeColumn : column === 'name' ? nameColumn : column)),
    part.map((row) => columns.map((column) => row[column] as Cell)),
    options,
  );
  return [`${name}\n${table}`];
}

/** The thing's own fields, and below them the text of an experiment as it was written. */
function fields(thing: NamedThing, row: Row, options: FormatTableOptions): readonly string[] {
  const { spec_text: specText, ...others } = row;
  const table = formatTable(
    ['field', { name: 'value', align: 'left', isImportant: true }],
    Object.entries(others).flatMap(([field, value]) => flatten(field, value)),
    options,
  );
  return [
    `${String(thing['kind'])} ${String(thing['id'])}\n${table.slice(table.indexOf('\n') + 1)}`,
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
