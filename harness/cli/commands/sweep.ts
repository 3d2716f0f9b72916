/**
 * `harness sweep SPEC`: run what is missing. The same command continues after any interruption; a finished sweep is a
 * no-op.
 */
import type { Device } from '../../engine/index.ts';
import { withoutSecrets } from '../../text/index.ts';
import { quoted } from '../command-name.ts';
import type { CliContext } from '../context.ts';
import { loadPlan } from '../load-plan.ts';
import { runSweep } from '../run-sweep.ts';
import { planCommand } from './plan.ts';

interface SweepFlags {
  readonly results?: string;
  readonly reports?: string;
  readonly json: boolean;
  readonly set?: readonly string[];
  readonly jobs?: number;
  readonly device?: Device | 'auto';
  readonly dryRun: boolean;
  readonly failFast: boolean;
  readonly quiet: boolean;
}

export async function sweepCommand(context: CliContext, flags: SweepFlags, file: string): Promise<void> {
  const settings = [...(flags.set ?? []), ...(flags.device === undefined ? [] : [`execution.device=${flags.device}`])];
  if (flags.dryRun) return planCommand(context, { ...flags, set: settings, stages: false }, file);
  const resultsFolder = context.resultsFolder(flags.results);
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
  const settings = (flags.set ?? []).flatMap((setting) => ['-s', withoutSecrets(setting)]);
  const jobs = flags.jobs === undefined ? [] : ['-j', String(flags.jobs)];
  const device = flags.device === undefined ? [] : ['--device', flags.device];
  const results = flags.results === undefined ? [] : ['--results', flags.results];
  const reports = flags.reports === undefined ? [] : ['--reports', flags.reports];
  return ['harness', 'sweep', file, ...settings, ...jobs, ...device, ...results, ...reports].map(quoted).join(' ');
}
