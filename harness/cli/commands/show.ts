/** `harness show ID...`: stages, trials or experiments with all that hangs on them. */
import { showThing } from '../../record/index.ts';
import type { Row, Thing } from '../../record/index.ts';
import type { CliContext } from '../context.ts';
import { readResults } from '../read-results.ts';
import { camelRow } from '../output/json-keys.ts';
import { describeThing, isRows, type NamedThing, type Part } from '../output/describe-thing.ts';
import { recordedNames } from '../recorded-names.ts';

interface ShowFlags {
  readonly results?: string;
  readonly json: boolean;
}

/** With one id the document is the thing itself; with several it has them in a list. */
export async function show(context: CliContext, flags: ShowFlags, ...ids: readonly string[]): Promise<void> {
  const folder = context.resultsFolder(flags.results);
  const found = await readResults(context, folder, async (database) => {
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
  const { width, paint } = context;
  context.print(things.map((thing) => describeThing(thing, { width, paint })).join('\n\n\n'));
}

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
