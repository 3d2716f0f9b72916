/** `harness logs ID [-f]`: the journal of a stage as lines to read, and the end of what a failed worker printed. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  failedRecordSchema,
  readJournal,
  readLiveLease,
  readRecord,
  stageFiles,
  stageFolder,
  stageIds,
  type FailedRecord,
  type JournalEvent,
} from '../../store/index.ts';
import { UserError } from '../../spec/user-error.ts';
import type { CliContext } from '../context.ts';
import { formatNumber, wrap } from '../../text/index.ts';
import { recordedNames, withStageName } from '../recorded-names.ts';

interface LogsFlags {
  readonly results?: string;
  readonly json: boolean;
  readonly follow: boolean;
}

const pollMs = 500;
const shownIds = 8;

export async function logs(context: CliContext, flags: LogsFlags, prefix: string): Promise<void> {
  const folder = context.resultsFolder(flags.results);
  const names = recordedNames(folder);
  const id = stageIdOf(folder, prefix, names);
  const journal = join(stageFolder(folder, id), stageFiles.journal);
  const read = (): readonly JournalEvent[] => (existsSync(journal) ? readJournal(journal).events : []);
  if (flags.json)
    return context.printJson({
      stageId: id,
      name: names.get(id) ?? null,
      events: read(),
      workerLog: workerLines(folder, id),
    });
  context.print(context.paint('bold', withStageName(id, names)));
  let shown = 0;
  for (;;) {
    const events = read();
    for (const line of describeEvents(events.slice(shown)))
      context.print(wrap(line, context.width ?? Infinity, '    ').join('\n'));
    shown = events.length;
    if (!flags.follow || readLiveLease(folder, id) === null) break;
    await sleep(pollMs);
  }
  for (const line of workerLines(folder, id)) context.print(`  | ${line}`);
  for (const line of failureLines(folder, id)) context.print(context.callable(line));
}

function stageIdOf(folder: string, prefix: string, names: ReadonlyMap<string, string>): string {
  const ids = stageIds(folder).filter(
    (id) => id.startsWith(prefix) || id.slice(id.lastIndexOf('-') + 1).startsWith(prefix),
  );
  const [only, ...others] = ids;
  if (only === undefined)
    throw new UserError(`no stage in ${folder} has an id that begins with ${JSON.stringify(prefix)}`, {
      exitCode: 2,
      hint: '`harness ls stages` and `harness status` show the ids.',
    });
  if (others.length > 0 && only !== prefix)
    throw new UserError(
      `${JSON.stringify(prefix)} is the beginning of ${ids.length} stage ids: ${ids
        .slice(0, shownIds)
        .map((id) => `\n    ${withStageName(id, names)}`)
        .join('')}`,
      { exitCode: 2, hint: `Give more of the id.${ids.length > shownIds ? ' `harness ls stages` has all.' : ''}` },
    );
  return only;
}

/** Metrics of one step share a line; progress is for the live display and is left out. */
function describeEvents(events: readonly JournalEvent[]): readonly string[] {
  const lines: string[] = [];
  let step: number | null | undefined;
  for (const event of events) {
    if (event.kind === 'metric' && event.step === step && step !== null)
      lines.push(`${lines.pop() ?? ''}  ${event.name} ${formatNumber(event.value)}`);
    else lines.push(...describeEvent(event));
    step = event.kind === 'metric' ? event.step : undefined;
  }
  return lines;
}

function describeEvent(event: JournalEvent): readonly string[] {
  switch (event.kind) {
    case 'attempt':
      return [
        `attempt ${event.attempt} started ` +
          `${event.startedAt}${event.resumedFromStep === null ? '' : `, resumed from step ${event.resumedFromStep}`}`,
      ];
    case 'metric':
      return [`${event.step === null ? 'final' : `step ${event.step}`}  ${event.name} ${formatNumber(event.value)}`];
    case 'note':
      return [`note: ${event.text}`];
    case 'progress':
      return [];
    case 'outcome':
      return [`${event.outcome.kind} ${event.endedAt}${describeOutcome(event.outcome)}`];
  }
}

function describeOutcome(outcome: Extract<JournalEvent, { kind: 'outcome' }>['outcome']): string {
  if (outcome.kind === 'diverged') return `: step ${outcome.step}: ${outcome.reason}`;
  return outcome.kind === 'failed' ? `: ${outcome.errorClass}: ${outcome.message}` : '';
}

const failureOf = (folder: string, id: string): FailedRecord | null =>
  readRecord(join(stageFolder(folder, id), stageFiles.failed), failedRecordSchema);

const workerLines = (folder: string, id: string): readonly string[] => failureOf(folder, id)?.lastLines ?? [];

/** Where more is, and how the stage is run by itself. */
function failureLines(folder: string, id: string): readonly string[] {
  const { hint = null, log = null, stageCommand = null } = failureOf(folder, id) ?? {};
  return [
    ...(hint === null ? [] : [hint]),
    ...(log === null ? [] : [`log: ${log}`]),
    ...(stageCommand === null ? [] : [`by itself: ${stageCommand}`]),
  ];
}
