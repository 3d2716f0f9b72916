/**
 * How often this gate would alarm if nothing had changed: its own noise, with the two sides exchanged at random. The
 * deviations of a unit (a seed, a round) from the mean change sign together in all metrics that were measured with it,
 * which keeps what metrics share and how long the tails are.
 */
import { randomStream } from '../random/index.ts';
import { holm, wilsonInterval, type Interval } from '../stats/index.ts';
import type { Finding, Loss } from './finding.ts';
import { gateLevel, pOfLoss } from './judge.ts';

export interface FalseAlarms {
  readonly gates: number;
  readonly alarms: number;
  /** 95 %, of the share. */
  readonly interval: Interval | null;
}

const simulatedGates = 1000;

/** null where nothing was tested in pairs. */
export function simulateFalseAlarms(findings: readonly Finding[]): FalseAlarms | null {
  const losses = findings.flatMap(({ tested, adjustedP }) =>
    tested === null || adjustedP === null || tested.loss.units === null ? [] : [pairedNoise(tested.loss)],
  );
  if (losses.length === 0) return null;
  const { uniform } = randomStream(0, 'gate', 'false alarms', losses.length);
  let alarms = 0;
  for (let gate = 0; gate < simulatedGates; gate++) if (isAlarm(losses, uniform)) alarms += 1;
  const interval = wilsonInterval(alarms / simulatedGates, simulatedGates, { unit: 'simulated gates' });
  return { gates: simulatedGates, alarms, interval };
}

interface Noise extends Pick<Loss, 'bound' | 'centerOf'> {
  readonly units: readonly { readonly unit: string; readonly deviation: number }[];
}

/** Deviations from the mean are smaller than those from the truth, by the square root of (n - 1) / n. */
function pairedNoise({ units, center, bound, centerOf }: Loss): Noise {
  const known = units ?? [];
  const scale = Math.sqrt(known.length / Math.max(1, known.length - 1));
  return {
    bound,
    centerOf,
    units: known.map(({ unit, loss }) => ({ unit, deviation: scale * (loss - center.mean) })),
  };
}

function isAlarm(losses: readonly Noise[], uniform: () => number): boolean {
  const signs = new Map<string, number>();
  const signOf = (unit: string): number => {
    const sign = signs.get(unit) ?? (uniform() < 0.5 ? -1 : 1);
    signs.set(unit, sign);
    return sign;
  };
  const ps = losses.map(({ units, bound, centerOf }) =>
    pOfLoss(centerOf(units.map(({ unit, deviation }) => signOf(unit) * deviation)), bound),
  );
  return holm(ps).some((p) => p < gateLevel);
}
