/** `harness gate calibrate FILE`: how often a gate errs, simulated from recorded noise. */
import { calibrate, readSamples, type Calibration, type Clock } from '../../gate/index.ts';
import type { CliContext } from '../context.ts';

interface CalibrateFlags {
  readonly gates: number;
  readonly seeds: number;
  readonly rounds: number;
  readonly lossPoints: number;
  readonly slowdownPercent: number;
  readonly clock: Clock;
  readonly json: boolean;
}

export function gateCalibrate(context: CliContext, flags: CalibrateFlags, file: string): Promise<void> {
  const { json, lossPoints, slowdownPercent, ...told } = flags;
  const planted = { loss: lossPoints / 100, slowdown: slowdownPercent / 100 };
  const result = calibrate(readSamples(file), { ...told, ...planted });
  if (json) context.printJson({ ...result, ...told, ...planted });
  else printRates(context, result, flags);
  return Promise.resolve();
}

function printRates(
  context: CliContext,
  { unchanged, planted }: Calibration,
  { lossPoints, slowdownPercent, seeds, rounds }: CalibrateFlags,
): void {
  const right = (name: string) => ({ name, align: 'right' }) as const;
  const rows = [
    { change: 'none', ...unchanged },
    ...planted.map(({ kind, metric, ...rate }) => {
      const change = kind === 'quality' ? `${lossPoints} points` : `${slowdownPercent} % slower`;
      return { change: `${change}: ${metric}`, ...rate };
    }),
  ];
  context.printTable(
    ['change', right('alarms'), right('gates'), right('share'), right('95 % interval')],
    rows.map(({ change, alarms, gates, share, interval }) => [
      change,
      alarms,
      gates,
      percent(share),
      interval === null ? null : `${percent(interval.low)} to ${percent(interval.high)}`,
    ]),
  );
  context.print(`${seeds} seeds a side, ${rounds} rounds; a planted change counts as found where its metric alarms`);
}

const percent = (share: number): string => `${(100 * share).toFixed(2)} %`;
