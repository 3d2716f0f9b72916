/**
 * `harness sweep SPEC`: run what is missing. The same command continues after any interruption; a finished sweep is a
 * no-op.
 */
import type { Device } from '../../engine/index.ts';
import type { LauncherName } from '../../spec/index.ts';
import { withoutSecrets } from '../../text/index.ts';
import { quoted } from '../command-name.ts';
import type { CliContext } from '../context.ts';
import { loadPlan } from '../load-plan.ts';
import { runSweep } from '../run-sweep.ts';
import { sweepDetached } from '../sweep-detached.ts';
import { planCommand } from './plan.ts';

interface SweepFlags {
  readonly results?: string;
  readonly reports?: string;
  readonly json: boolean;
  readonly set?: readonly string[];
  readonly jobs?: number;
  readonly device?: Device | 'auto';
  readonly launcher?: LauncherName;
  readonly dryRun: boolean;
  readonly failFast: boolean;
  readonly quiet: boolean;
  readonly detach: boolean;
}

export async function sweepCommand(context: CliContext, flags: SweepFlags, file: string): Promise<void> {
  const { device, launcher } = flags;
  const settings = [
    ...(flags.set ?? []),
    ...(device === undefined ? [] : [`execution.device=${device}`]),
    ...(launcher === undefined ? [] : [`execution.launcher=${launcher}`]),
  ];
  if (flags.dryRun) return planCommand(context, { ...flags, set: settings, stages: false }, file);
  const resultsFolder = context.resultsFolder(flags.results);
  if (flags.detach)
    return sweepDetached(context, wordsOf(flags, file), {
      resultsFolder,
      isNamed: flags.results !== undefined,
      isJson: flags.json,
    });
  context.exitWith(
    await runSweep(context, {
      loaded: await loadPlan(file, settings),
      command: commandOf(flags, file),
      resultsFolder,
      reportsFolder: context.reportsFolder(flags.reports, resultsFolder),
      workers: flags.jobs ?? null,
      failFast: flags.failFast,
      isQuiet: flags.quiet,
      isJson: flags.json,
    }),
  );
}

/** What to type to continue: it ends up in plan.json and in every failure, so that no secret may be in it. */
function commandOf(flags: SweepFlags, file: string): string {
  const set = (flags.set ?? []).map(withoutSecrets);
  return ['harness', ...wordsOf({ ...flags, set, failFast: false, quiet: false }, file)].map(quoted).join(' ');
}

/** The arguments of the same sweep, in the foreground. */
function wordsOf(flags: SweepFlags, file: string): string[] {
  const { set = [], jobs, device, launcher, results, reports, failFast, quiet } = flags;
  return [
    'sweep',
    file,
    ...set.flatMap((setting) => ['-s', setting]),
    ...(jobs === undefined ? [] : ['-j', String(jobs)]),
    ...(device === undefined ? [] : ['--device', device]),
    ...(launcher === undefined ? [] : ['--launcher', launcher]),
    ...(results === undefined ? [] : ['--results', results]),
    ...(reports === undefined ? [] : ['--reports', reports]),
    ...(failFast ? ['--fail-fast'] : []),
    ...(quiet ? ['--quiet'] : []),
  ];
}
