/**
 * `harness noise SPEC`: how far seeds differ in the experiment's claim, measured by a pilot before the sweep, and how
 * many seeds the claim needs. The pilot is a sweep of its own; the same command continues it.
 */
import {
  claimHeadline,
  neededColumns,
  neededRows,
  noiseHead,
  noiseOutlook,
  noiseRows,
  reportKinds,
  seedNoise,
  seedsNeeded,
  smallestFound,
  wideness,
  type SeedNoise,
} from '../../report/index.ts';
import type { Device } from '../../engine/index.ts';
import { readValidExperiment, type Metric } from '../../kinds/index.ts';
import { readTrialResults } from '../../record/index.ts';
import { exitCodeOf, type SweepSummary } from '../../run/index.ts';
import { experimentFormat, pilotOf, UserError, type LauncherName, type Pilot } from '../../spec/index.ts';
import { withoutSecrets, type TableColumn } from '../../text/index.ts';
import { quoted } from '../command-name.ts';
import type { CliContext } from '../context.ts';
import { planOf } from '../load-plan.ts';
import { describeSummary } from '../output/sweep-summary.ts';
import { readResults } from '../read-results.ts';
import { conductSweep, documentOf, type SweepRun } from '../run-sweep.ts';

/** With two the interval of a spread reaches to 32 times its value. */
const leastPilotSeeds = 3;

const usualPoints = [1, 2, 3, 5, 10];

interface NoiseFlags {
  readonly seeds: number;
  readonly difference?: readonly number[];
  readonly set?: readonly string[];
  readonly jobs?: number;
  readonly device?: Device | 'auto';
  readonly launcher?: LauncherName;
  readonly results?: string;
  readonly quiet: boolean;
  readonly json: boolean;
}

export async function noiseCommand(context: CliContext, flags: NoiseFlags, file: string): Promise<void> {
  if (flags.seeds < leastPilotSeeds)
    throw new UserError(`--seeds ${flags.seeds}: a spread needs at least ${leastPilotSeeds} seeds`, {
      exitCode: 2,
      hint: 'Four are the default; with eight the interval of the spread is half as wide.',
    });
  const experiment = await readValidExperiment(file, settingsOf(flags));
  const pilot = pilotOf(experiment.result.spec, experimentFormat(experiment.kinds), flags.seeds);
  const kinds = reportKinds({ ...experiment, spec: pilot.spec });
  const asked = differencesOf(claimHeadline(pilot.claim, pilot.task, kinds), flags.difference);
  const resultsFolder = context.resultsFolder(flags.results);
  const run = { loaded: planOf(pilot.spec, experiment), command: commandOf(flags, file), resultsFolder };
  const summary = await sweptWhole(context, flags, run);
  if (summary === null) return;
  const { trials } = await readResults(context, resultsFolder, (database) =>
    readTrialResults(database, pilot.spec.name),
  );
  const measured = { pilot, noise: seedNoise({ ...kinds, trials, claim: pilot.claim }), asked };
  if (flags.json) context.printJson(documentOfNoise(measured));
  else tellNoise(context, measured);
  context.exitWith(exitCodeOf(summary));
}

const settingsOf = ({ set = [], device, launcher }: NoiseFlags): readonly string[] => [
  ...set,
  ...(device === undefined ? [] : [`execution.device=${device}`]),
  ...(launcher === undefined ? [] : [`execution.launcher=${launcher}`]),
];

/** In the unit of the metric. What is a small difference of another metric than a share, nobody knows beforehand. */
function differencesOf(headline: Metric, asked: readonly number[] | undefined): readonly number[] {
  if (headline.unit === 'share') return (asked ?? usualPoints).map((points) => points / 100);
  if (asked !== undefined) return asked;
  throw new UserError(`the claim is judged by ${headline.name}, which is no share: say which differences matter`, {
    exitCode: 2,
    hint: `Give them in its unit (${headline.unit}): --difference 0.05. Can be repeated.`,
  });
}

/** null where the pilot has not come to its end: told as a sweep tells it, with the exit code of the sweep. */
async function sweptWhole(
  context: CliContext,
  flags: NoiseFlags,
  run: Pick<SweepRun, 'loaded' | 'command' | 'resultsFolder'>,
): Promise<SweepSummary | null> {
  const { summary } = await conductSweep(context, {
    ...run,
    // It would show the difference between the arms.
    reportsFolder: null,
    workers: flags.jobs ?? null,
    failFast: false,
    isQuiet: flags.quiet,
    isJson: flags.json,
  });
  const { failures, interrupted, stoppedBecause, cancelled } = summary;
  // Divergence is a result: the seeds that are left are measured.
  if (failures.length + cancelled === 0 && interrupted === null && stoppedBecause === null) return summary;
  if (flags.json) context.printJson(documentOf(summary, null));
  else for (const line of describeSummary(summary, run.command)) context.print(context.callable(line));
  context.exitWith(exitCodeOf(summary));
  return null;
}

interface Measured {
  readonly pilot: Pilot;
  readonly noise: SeedNoise;
  /** Differences, in the unit of the metric. */
  readonly asked: readonly number[];
}

function tellNoise(context: CliContext, { pilot, noise, asked }: Measured): void {
  const right = (name: string): TableColumn => ({ name, align: 'right' });
  const { length } = pilot.seedsOfClaim;
  context.print(`${noiseHead(noise).join('\n')}\n\n`);
  context.printTable(['over seeds', ''], noiseRows(noise));
  context.print(`${wideness(noise)}\n\n`);
  context.printTable(neededColumns.map(right), neededRows(noise, seedsNeeded(noise, asked)));
  context.print(['', ...noiseOutlook(noise, length, smallestFound(noise, length))].join('\n'));
}

/** As the text, without values of seeds or means of arms: their difference would be known before the claim is. */
function documentOfNoise({ pilot, noise, asked }: Measured): Readonly<Record<string, unknown>> {
  const { headline, treatment, reference, ...rest } = noise;
  const { length } = pilot.seedsOfClaim;
  return {
    experiment: pilot.spec.name,
    claim: { ...pilot.claim, task: pilot.task, metric: headline.name },
    ...rest,
    deviations: { treatment: treatment.deviation, reference: reference.deviation },
    needed: seedsNeeded(noise, asked),
    planned: { seeds: length, smallestFound: smallestFound(noise, length) },
  };
}

/** What to type to continue, as `sweep` has it: no secret may be in it. */
function commandOf({ seeds, difference = [], set = [], ...flags }: NoiseFlags, file: string): string {
  const { jobs, device, launcher, results } = flags;
  const words = [
    ['noise', file, '--seeds', String(seeds)],
    ...difference.map((one) => ['--difference', String(one)]),
    ...set.map((setting) => ['-s', withoutSecrets(setting)]),
    ...(jobs === undefined ? [] : [['-j', String(jobs)]]),
    ...(device === undefined ? [] : [['--device', device]]),
    ...(launcher === undefined ? [] : [['--launcher', launcher]]),
    ...(results === undefined ? [] : [['--results', results]]),
  ];
  return ['harness', ...words.flat()].map(quoted).join(' ');
}
