/** `harness noise`: the spread between seeds, before a sweep. */
import { UserError } from '../../spec/user-error.ts';
import { specArgument } from './arguments.ts';
import { command } from './command.ts';
import {
  countWithDefault,
  jobsFlag,
  jsonFlag,
  launcherFlag,
  optionalDeviceFlag,
  quietFlag,
  resultsFlag,
  settingFlag,
} from './flags.ts';

/** Throws for anything but a positive number. */
function differenceParser(value: string): number {
  const difference = value.trim() === '' ? Number.NaN : Number(value);
  if (!(difference > 0 && Number.isFinite(difference)))
    throw new UserError(`expected a difference above 0, not ${JSON.stringify(value)}`, { exitCode: 2 });
  return difference;
}

export const noiseRoutes = {
  noise: command({
    load: async () => (await import('../commands/noise.ts')).noiseCommand,
    parameters: {
      flags: {
        seeds: countWithDefault('Seeds of the pilot, from 1001 up; those of the experiment are skipped', '4'),
        difference: {
          kind: 'parsed',
          parse: differenceParser,
          variadic: true,
          optional: true,
          brief: 'True difference to plan for, in points; without it 1, 2, 3, 5 and 10. Can be repeated',
          placeholder: 'points',
        },
        set: settingFlag,
        jobs: jobsFlag,
        device: optionalDeviceFlag,
        launcher: launcherFlag,
        quiet: quietFlag,
        results: resultsFlag,
        json: jsonFlag,
      },
      positional: specArgument,
    },
    docs: {
      brief: 'Measure how far seeds differ before a sweep, and how many it needs',
      more: [
        'How many seeds the claim of the experiment needs follows from how far they differ. ' +
          'A pilot runs the two sides of `report.claim`, at every model and sample size, on seeds of its own. ' +
          'Data and choices of hyperparameters are those of the experiment, which finds them done. ' +
          'Interrupt it at any time: the same command continues it.',
        'The difference between the two sides is not shown: known before the claim is registered, it would choose it.',
        'Exit code 2: the experiment makes no claim, or one that its sweep cannot answer. ' +
          '5: too few seeds are complete, or they do not differ. Otherwise that of the sweep.',
      ],
      examples: (hand) =>
        hand
          .specs()
          .filter(({ hasClaim }) => hasClaim)
          .map(({ file, question }) => [`noise ${file}`, question]),
    },
  }),
};
