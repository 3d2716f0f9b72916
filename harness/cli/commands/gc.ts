/**
 * `harness gc`: remove the stages that nothing refers to any more; with `--dry-run`, say of each why it is kept or
 * would be removed.
 */
import { stages } from '../../stages/index.ts';
import { collect, findReferences, removeUnreferenced, type Reason, type StoreEntry } from '../../record/index.ts';
import { UserError } from '../../spec/user-error.ts';
import { storeFolder } from '../../store/index.ts';
import { plural } from '../../text/index.ts';
import { existsSync } from 'node:fs';
import type { CliContext } from '../context.ts';
import { recordedNames } from '../recorded-names.ts';

interface GcFlags {
  readonly results?: string;
  readonly json: boolean;
  readonly dryRun: boolean;
}

const plannedKinds: ReadonlySet<string> = new Set(Object.keys(stages));

export async function gc(context: CliContext, flags: GcFlags): Promise<void> {
  const folder = context.resultsFolder(flags.results);
  if (!existsSync(storeFolder(folder)))
    throw new UserError(`nothing is recorded in ${folder}`, {
      exitCode: 5,
      hint: 'Run `harness sweep SPEC` first, or name the folder with --results DIR.',
    });
  const names = recordedNames(folder);
  const entries = await (flags.dryRun ? findReferences : removeUnreferenced)(folder, plannedKinds);
  const unneeded = entries.filter(({ keptBecause }) => keptBecause === null);
  if (!flags.dryRun && unneeded.length > 0) await collect(folder);
  if (flags.json) return context.printJson(documentOf(entries, flags.dryRun, names));
  if (flags.dryRun) printEntries(context, entries, names);
  context.print(summaryOf(entries, flags.dryRun));
}

function documentOf(
  entries: readonly StoreEntry[],
  isDryRun: boolean,
  names: ReadonlyMap<string, string>,
): Readonly<Record<string, unknown>> {
  const listed = entries.map((entry) => ({ ...entry, name: names.get(entry.id) ?? null }));
  return { dryRun: isDryRun, freedBytes: bytesOf(entries.filter(isUnneeded)), stages: listed };
}

/** What would go comes first. */
function printEntries(context: CliContext, entries: readonly StoreEntry[], names: ReadonlyMap<string, string>): void {
  const rows = [...entries.filter(isUnneeded), ...entries.filter((entry) => !isUnneeded(entry))];
  context.printTable(
    ['stage', { name: 'name', isImportant: true }, { name: 'size', align: 'right' }, 'why'],
    rows.map(({ id, bytes, keptBecause }) => [id, names.get(id), megabytes(bytes), reasonText(keptBecause)]),
  );
}

const isUnneeded = ({ keptBecause }: StoreEntry): boolean => keptBecause === null;

function reasonText(reason: Reason | null): string {
  switch (reason?.kind) {
    case undefined:
      return 'would be removed: nothing refers to it';
    case 'planned':
      return `kept: in the plan of ${reason.experiments.join(', ')}`;
    case 'input':
      return `kept: ${reason.of} reads it`;
    case 'unplanned':
      return 'kept: made outside a sweep';
    case 'running':
      return `kept: process ${reason.pid} on ${reason.host} is in it`;
    case 'foreign':
      return 'kept: not the name of a stage, put there by hand';
  }
}

function summaryOf(entries: readonly StoreEntry[], isDryRun: boolean): string {
  const unneeded = entries.filter(isUnneeded);
  const kept = `${plural(entries.length - unneeded.length, 'stage')} kept`;
  if (unneeded.length === 0) return `nothing to remove: ${kept}`;
  const what = `${plural(unneeded.length, 'stage')} (${megabytes(bytesOf(unneeded))})`;
  return isDryRun ? `${what} would be removed, ${kept}` : `removed ${what}, ${kept}`;
}

const bytesOf = (entries: readonly StoreEntry[]): number => entries.reduce((sum, { bytes }) => sum + bytes, 0);
const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(bytes < 1e7 ? 2 : 0)} MB`;
