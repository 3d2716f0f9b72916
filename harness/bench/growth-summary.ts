/** Growth as numbers to show: each program of each cell over its rounds, beside the limit of the machine. */
import { parameterShapes } from '../model/index.ts';
import { median } from '../stats/index.ts';
import { growthShape } from './growth-pairs.ts';
import { isAt, type GrowthPoint, type GrowthProgram, type GrowthRecord } from './growth-points.ts';
import { spread, type Spread } from './in-turns.ts';
import { largestDifference } from './largest-difference.ts';
import { leastFlops } from './least-work.ts';
import { yardstick, type YardstickSize } from './yardstick.ts';

interface GrowthRowPlace {
  readonly size: YardstickSize;
  readonly parameters: number;
  readonly context: number;
  readonly pairsPerStep: number;
  readonly program: GrowthProgram;
  /** What the machine could reach at most: the products that no program can do without, at its peak. */
  readonly limitTokensPerSecond: number;
}

export type GrowthRow = GrowthRowPlace &
  (
    | {
        readonly state: 'measured';
        readonly rounds: number;
        /** Of rows: a prompt counts with each of its responses, in every program. */
        readonly tokensPerSecond: Spread;
        readonly peakMemoryBytes: number;
        /** Share of the machine's peak that the least work is done at. */
        readonly utilization: number;
        /** Of tokens a second: ours to this program, round by round; null for ours, and where ours is not there. */
        readonly ratio: Spread | null;
        /** Of the first step, from ours; null as the ratio, and without an LM loss. */
        readonly lossDifference: number | null;
      }
    | { readonly state: 'refused'; readonly reason: string }
  );

type Measured = GrowthPoint & { readonly state: 'measured' };

export interface GrowthSummary {
  /** FLOP/s of matrix products, the most that was measured. */
  readonly peak: number;
  readonly rows: readonly GrowthRow[];
}

export function summarizeGrowth(record: GrowthRecord): GrowthSummary {
  const { peaks, points } = record;
  const peak = Math.max(...peaks.flatMap(({ ours, theirs }) => [ours, theirs]));
  const firsts = points.filter((point, index) => points.findIndex(isAt(point)) === index);
  return { peak, rows: firsts.map((first) => rowOf(first, record, peak)) };
}

/** @param first The first point of the program in its cell. */
function rowOf(first: GrowthPoint, { settings, points }: GrowthRecord, peak: number): GrowthRow {
  const work = { ...workOf(first, settings), peak };
  const place = placeOf(first, work);
  const own = points.filter(isAt(first));
  const refused = own.find((point) => point.state === 'refused');
  if (refused?.state === 'refused') return { ...place, state: 'refused', reason: refused.reason };
  const ours = points.filter(isAt({ ...first, program: 'harness' }));
  return { ...place, ...measuredRow(own.filter(isMeasured), ours.filter(isMeasured), work) };
}

/** Of a step of a cell, and the machine's peak. */
interface Work {
  readonly pairs: number;
  readonly tokens: number;
  readonly flops: number;
  readonly peak: number;
}

function workOf({ size, context }: GrowthPoint, { tokensPerStep }: GrowthRecord['settings']): Omit<Work, 'peak'> {
  const shape = growthShape(context, tokensPerStep);
  const { pairs } = shape;
  return { pairs, tokens: 2 * context * pairs, flops: leastFlops(yardstick(size), shape) };
}

function placeOf({ size, context, program }: GrowthPoint, { pairs, tokens, flops, peak }: Work): GrowthRowPlace {
  const shapes = [...parameterShapes(yardstick(size)).values()];
  const parameters = shapes.reduce((sum, shape) => sum + shape.reduce((a, b) => a * b, 1), 0);
  return { size, parameters, context, program, pairsPerStep: pairs, limitTokensPerSecond: (tokens * peak) / flops };
}

const isMeasured = (point: GrowthPoint): point is Measured => point.state === 'measured';

function measuredRow(
  own: readonly Measured[],
  ours: readonly Measured[],
  { tokens, flops, peak }: Work,
): Omit<GrowthRow & { readonly state: 'measured' }, keyof GrowthRowPlace> {
  const speeds = own.map(({ stepMsMedian }) => (1000 * tokens) / stepMsMedian);
  return {
    state: 'measured',
    rounds: own.length,
    tokensPerSecond: spread(speeds),
    peakMemoryBytes: Math.max(...own.map(({ peakMemoryBytes }) => peakMemoryBytes)),
    utilization: ((median(speeds) / tokens) * flops) / peak,
    ...againstOurs(besideOurs(own, ours)),
  };
}

function againstOurs(rounds: readonly Together[]): Pick<GrowthRow & { state: 'measured' }, 'ratio' | 'lossDifference'> {
  const ratios = rounds.map(({ point, beside }) => point.stepMsMedian / beside.stepMsMedian);
  return { ratio: ratios.length === 0 ? null : spread(ratios), lossDifference: lossDifference(rounds) };
}

function besideOurs(own: readonly Measured[], ours: readonly Measured[]): readonly Together[] {
  return own.flatMap((point) => {
    const beside = ours.find(({ round }) => round === point.round);
    return beside === undefined || beside === point ? [] : [{ point, beside }];
  });
}

/** A round of the peer, and ours of that round. */
interface Together {
  readonly point: Measured;
  readonly beside: Measured;
}

function lossDifference(rounds: readonly Together[]): number | null {
  if (rounds.length === 0) return null;
  const [own, ours] = [rounds.flatMap(({ point }) => point.losses), rounds.flatMap(({ beside }) => beside.losses)];
  return own.includes(null) ? null : largestDifference(own as number[], ours as number[]);
}
