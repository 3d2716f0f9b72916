/**
 * `harness verify`: is what is recorded still what was committed (`--quick`), and does running a stage again give it
 * once more?
 */
import { backends, native, type Backend } from '../../backends/index.ts';
import {
  verifyDigests,
  verifyStage,
  type ComparedFile,
  type DigestVerification,
  type StageVerification,
  type StopSignal,
} from '../../run/index.ts';
import { UserError } from '../../spec/index.ts';
import { readStoreState, stageIds } from '../../store/index.ts';
import { count, plural } from '../../text/index.ts';
import type { CliContext } from '../context.ts';
import { interruptedExitCodes } from '../exit-code.ts';
import { displayStage } from '../output/stage-display.ts';
import { recordedNames, withStageName } from '../recorded-names.ts';
import { stageBeginningWith } from '../stage-beginning-with.ts';
import { stopOrder } from '../until-stopped.ts';

interface VerifyFlags {
  readonly all: boolean;
  readonly quick: boolean;
  readonly bundle?: string;
  readonly backend?: string;
  readonly results?: string;
  readonly json: boolean;
}

export async function verify(context: CliContext, flags: VerifyFlags, ...beginnings: readonly string[]): Promise<void> {
  if (flags.bundle !== undefined) return bundled(context, flags, flags.bundle, beginnings);
  const resultsFolder = context.resultsFolder(flags.results);
  const ids = idsOf(beginnings, flags, resultsFolder);
  if (flags.quick) return quick(context, flags, { resultsFolder, ids: flags.all ? undefined : ids });
  const backend = computing(flags.backend);
  const found = await runAll(context, ids, { resultsFolder, backend, isJson: flags.json });
  if (flags.json) context.printJson({ stages: found.verified, notRun: found.notRun });
  context.exitWith(found.stoppedBy === null ? exitCodeOf(found) : interruptedExitCodes[found.stoppedBy]);
}

/** Loaded on demand: charts take longer to load than digests to compare. */
async function bundled(
  context: CliContext,
  { all, quick, backend, results, json }: VerifyFlags,
  file: string,
  ids: readonly string[],
): Promise<void> {
  if (!all && !quick && backend === undefined && results === undefined && ids.length === 0)
    return (await import('./verify-bundle.ts')).verifyBundleFile(context, file, json);
  throw new UserError('--bundle is given alone: a bundle is verified as a whole, and nothing is run', { exitCode: 2 });
}

/** @throws UserError (2) for what is no stage here, (5) where there is none at all. */
function idsOf(beginnings: readonly string[], { all, quick }: VerifyFlags, resultsFolder: string): readonly string[] {
  if (all === beginnings.length > 0)
    throw new UserError(all ? '--all and the ids of stages: give one of the two' : 'say which stages to verify', {
      exitCode: 2,
      hint: '`harness verify ID` runs one again; `harness verify --all --quick` reads everything and runs nothing.',
    });
  if (all) return everyStage(resultsFolder, quick);
  return beginnings.map((beginning) => {
    const id = stageBeginningWith(beginning, resultsFolder);
    if (id !== null) return id;
    throw new UserError(`no stage in ${resultsFolder} has an id that begins with ${JSON.stringify(beginning)}`, {
      exitCode: 2,
      hint: '`harness ls stages` lists them.',
    });
  });
}

function everyStage(resultsFolder: string, isQuick: boolean): readonly string[] {
  const ids = isQuick ? stageIds(resultsFolder) : doneStages(resultsFolder);
  if (ids.length > 0) return ids;
  throw new UserError(`no stage is ${isQuick ? 'recorded' : 'done'} in ${resultsFolder}`, {
    exitCode: 5,
    hint: 'Run `harness sweep SPEC` first, or name the folder with --results DIR.',
  });
}

const doneStages = (resultsFolder: string): readonly string[] =>
  [...readStoreState(resultsFolder)].flatMap(([id, state]) => (state === 'done' ? [id] : []));

interface Digests {
  readonly resultsFolder: string;
  /** Without them everything. */
  readonly ids: readonly string[] | undefined;
}

function quick(context: CliContext, { json }: VerifyFlags, { resultsFolder, ids }: Digests): void {
  const names = recordedNames(resultsFolder);
  const found: DigestVerification[] = [];
  for (const one of verifyDigests(resultsFolder, ids)) {
    found.push(one);
    if (one.verdict === 'damaged' && !json) context.print(`damaged: ${withStageName(one.name, names)}: ${one.why}`);
  }
  const number = (verdict: DigestVerification['verdict']): number =>
    found.filter((one) => one.verdict === verdict).length;
  const damaged = number('damaged');
  if (json) context.printJson({ digests: found });
  else context.print(summaryOf(found.length, { damaged, open: number('open'), unsealed: number('unsealed') }));
  context.exitWith(damaged === 0 ? 0 : 1);
}

function summaryOf(
  total: number,
  { damaged, open, unsealed }: Readonly<Record<'damaged' | 'open' | 'unsealed', number>>,
): string {
  const parts = [
    `${count(total - open)} read to the last byte`,
    damaged === 0 ? 'none damaged' : `${count(damaged)} damaged (a sweep of the experiment makes them anew)`,
    ...(unsealed > 0 ? [`${count(unsealed)} without digests of their records, from an earlier version`] : []),
    ...(open > 0 ? [`${plural(open, 'stage')} not done`] : []),
  ];
  return parts.join(', ');
}

function computing(name: string | undefined): Backend | undefined {
  if (name === undefined || name === native.name) return undefined;
  const found = backends.find((backend) => backend.name === name && backend.compute !== undefined);
  if (found !== undefined) return found;
  const known = backends.filter((backend) => backend === native || backend.compute !== undefined);
  throw new UserError(`--backend: expected ${known.map((backend) => backend.name).join(' or ')}, found ${name}`, {
    exitCode: 2,
  });
}

interface Found {
  readonly verified: readonly StageVerification[];
  /** What cannot be run again here. */
  readonly notRun: readonly { readonly id: string; readonly why: string; readonly exitCode: number }[];
  readonly stoppedBy: StopSignal | null;
}

async function runAll(
  context: CliContext,
  ids: readonly string[],
  options: Pick<Shown, 'resultsFolder' | 'backend' | 'isJson'>,
): Promise<Found> {
  const names = recordedNames(options.resultsFolder);
  const order = stopOrder();
  const [verified, notRun]: [StageVerification[], Found['notRun'][number][]] = [[], []];
  try {
    for (const id of ids) {
      if (order.signal.aborted) break;
      const one = await verifyShown(context, id, { ...options, signal: order.signal, name: withStageName(id, names) });
      if ('verdict' in one) verified.push(one);
      else if (ids.length === 1) throw one.error;
      else notRun.push({ id, why: one.error.message, exitCode: one.error.exitCode });
    }
  } finally {
    order.end();
  }
  for (const { why } of notRun) context.note(`not run again: ${why}`);
  return { verified, notRun, stoppedBy: order.stoppedBy };
}

interface Shown {
  readonly resultsFolder: string;
  readonly backend: Backend | undefined;
  readonly isJson: boolean;
  readonly signal: AbortSignal;
  readonly name: string;
}

async function verifyShown(
  context: CliContext,
  id: string,
  { name, resultsFolder, backend, signal, isJson }: Shown,
): Promise<StageVerification | { readonly error: UserError }> {
  const display = displayStage(context.host.stderr, name);
  try {
    const { onEvent } = display;
    const verified = await verifyStage(id, { resultsFolder, signal, onEvent, ...(backend && { backend }) });
    display.stop();
    if (!isJson) for (const line of describe(name, verified)) context.print(line);
    return verified;
  } catch (error) {
    if (error instanceof UserError) return { error };
    throw error;
  } finally {
    display.stop();
  }
}

const words = { same: 'the same bytes', close: 'within the tolerance', differs: 'differs' } as const;

function describe(name: string, { verdict, files, allowance }: StageVerification): readonly string[] {
  if (verdict === 'interrupted') return [`${name}: interrupted`];
  const others = files.filter((file) => file.verdict !== 'same');
  const why = allowance === null ? '' : ` (${allowance}: 1e-4 is allowed)`;
  return [`${name}: ${words[verdict]}${verdict === 'same' ? '' : why}`, ...others.map(describeFile)];
}

function describeFile({ file, verdict, difference }: ComparedFile): string {
  const apart = difference === null ? 'not only in numbers' : `by ${difference.toExponential(1)} at most`;
  return `  ${file}: ${verdict === 'close' ? 'other bytes' : 'differs'}, ${apart}`;
}

function exitCodeOf({ verified, notRun }: Found): number {
  if (verified.some(({ verdict }) => verdict === 'differs')) return 1;
  if (notRun.some(({ exitCode }) => exitCode === 4)) return 4;
  return verified.length === 0 ? 5 : 0;
}
