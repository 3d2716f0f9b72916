/** Findings in words and numbers, the same in a terminal, a pull request and a CI system. */
import type { Interval } from '../stats/index.ts';
import { plural } from '../text/index.ts';
import type { Finding } from './finding.ts';
import type { GateResult } from './gate.ts';
import type { Verdict } from './verdict.ts';

export const findingColumns = [
  'metric',
  'baseline',
  'candidate',
  'change',
  '95 % interval',
  'n',
  'p (Holm)',
  'detectable',
  'outcome',
] as const;

export function findingCells(finding: Finding): readonly string[] {
  const { name, kind, tested, adjustedP, detectable, outcome } = finding;
  if (tested === null) return [name, '', '', '', '', '', '', '', outcome];
  return [
    name,
    valueText(kind, tested.baseline),
    valueText(kind, tested.candidate),
    changeText(kind, tested.change),
    tested.interval === null ? '' : intervalText(kind, tested.interval),
    String(tested.n),
    adjustedP === null ? '' : pText(adjustedP),
    detectable === null ? '' : sizeText(kind, detectable),
    outcome,
  ];
}

type Kind = Finding['kind'];

const valueText = (kind: Kind, value: number): string =>
  kind === 'quality' ? `${(100 * value).toFixed(1)} %` : `${Number(value.toPrecision(4))} ms`;

const signed = (value: number): string => `${value < 0 ? '' : '+'}${value.toFixed(1)}`;

const changeText = (kind: Kind, change: number): string => `${signed(100 * change)}${kind === 'quality' ? '' : ' %'}`;

const intervalText = (kind: Kind, { low, high }: Interval): string =>
  `${signed(100 * low)} to ${signed(100 * high)}${kind === 'quality' ? '' : ' %'}`;

/** Without a sign: a loss of points, or a slowdown. */
const sizeText = (kind: Kind, size: number): string => `${(100 * size).toFixed(1)}${kind === 'quality' ? '' : ' %'}`;

const pText = (p: number): string => (p < 0.0001 ? '<0.0001' : p.toPrecision(2));

const verdictTexts: Readonly<Record<Verdict, string>> = {
  passed: 'no regression found',
  regressed: 'a regression was found',
  inconclusive: 'inconclusive',
  'not comparable': 'not comparable: the baseline was measured on other hardware',
};

export const verdictText = (verdict: Verdict): string => verdictTexts[verdict];

/** What is behind the table, a sentence each: which metrics are why, what could be seen, and how often it errs. */
export function explanations(result: GateResult): readonly string[] {
  return [...result.findings.flatMap(findingNotes), ...sensitivity(result), falseAlarmText(result), ...result.notes];
}

function findingNotes({ name, notes, tested, outcome, kind }: Finding): readonly string[] {
  const items = outcome === 'regressed' && tested !== null ? tested.itemInterval() : null;
  const overItems = items === null ? [] : [`Resampling items too: ${intervalText(kind, items)} points.`];
  return [...notes, ...overItems].map((note) => `${name}: ${note}`);
}

/** The least sensitive metric of each kind bounds what the gate sees. */
function sensitivity({ findings, power }: GateResult): readonly string[] {
  const seen = (['quality', 'speed'] as const).flatMap((kind) => {
    const sizes = findings.flatMap((one) => (one.kind === kind && one.detectable !== null ? [one] : []));
    const least = sizes.toSorted((a, b) => (b.detectable as number) - (a.detectable as number))[0];
    if (least === undefined) return [];
    const what = kind === 'quality' ? 'loss of' : 'slowdown of';
    const unit = kind === 'quality' ? ' points' : '';
    return [`a ${what} ${sizeText(kind, least.detectable as number)}${unit} in every metric (least in ${least.name})`];
  });
  if (seen.length === 0) return [];
  return [`With ${100 * power} % power this gate finds ${seen.join(', and ')}.`];
}

function falseAlarmText({ level, falseAlarms }: GateResult): string {
  const stated = `Without any change it alarms in ${100 * level} % of gates at most (Holm over all metrics).`;
  if (falseAlarms === null) return stated;
  const { alarms, gates, interval } = falseAlarms;
  const range =
    interval === null
      ? ''
      : `, 95 % interval ${(100 * interval.low).toFixed(2)} to ${(100 * interval.high).toFixed(2)} %`;
  return (
    `${stated} Simulated with the noise of this gate, its sides exchanged at random: ` +
    `${plural(alarms, 'alarm')} in ${gates.toLocaleString('en-US')} gates${range}.`
  );
}
