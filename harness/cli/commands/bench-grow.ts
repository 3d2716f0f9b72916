/** `harness bench grow`: speed, memory and use of the machine as models and rows grow, and the figure of it. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { freemem } from 'node:os';
import { dirname } from 'node:path';
import {
  machineName,
  measureGrowth,
  summarizeGrowth,
  type GrowthOptions,
  type GrowthPoint,
  type GrowthRow,
  type GrowthSummary,
  type PeerSetUp,
  type YardstickSize,
} from '../../bench/index.ts';
import { drawGrowth, type GrowthFigure } from '../../report/index.ts';
import { UserError } from '../../spec/index.ts';
import type { CliContext } from '../context.ts';

interface GrowFlags {
  readonly sizes: readonly YardstickSize[];
  readonly contexts: readonly number[];
  readonly setUps: readonly PeerSetUp[];
  readonly rounds: number;
  readonly steps: number;
  readonly tokensPerStep: number;
  readonly threads: number;
  readonly python: string;
  readonly gigabytes?: number;
  readonly minutes: number;
  readonly out?: string;
  readonly figure?: string;
  readonly json: boolean;
}

export async function benchGrow(context: CliContext, flags: GrowFlags): Promise<void> {
  const { figure, threads } = flags;
  if (figure !== undefined && !figure.endsWith('.svg')) throw noSvg(figure);
  const options = optionsOf(flags);
  const record = await measureGrowth(options, (point) => context.note(pointLine(point)));
  const summary = summarizeGrowth(record);
  if (figure !== undefined) await writeFigure(figure, figureOf(summary, record.settings.machine, threads));
  if (flags.json) return context.printJson({ ...record, ...summary, limits: options.limits });
  context.printTable(columns, summary.rows.map(cellsOf));
  context.print(
    `peak of matrix products: ${(summary.peak / 1e9).toFixed(0)} GFLOP/s; limit: the products that no program can do ` +
      'without, at this peak; tokens of rows, prompts with each response ' +
      `(${record.settings.machine}, ${threads} threads)`,
  );
}

function noSvg(figure: string): UserError {
  return new UserError(`--figure ${figure}: it is written as SVG, and as PNG beside it`, {
    exitCode: 2,
    hint: 'Give a name that ends in .svg.',
  });
}

/** Of what is free when it starts; other programs need some too. */
const shareOfMemory = 0.9;

function optionsOf({ gigabytes, minutes, out, steps, threads, tokensPerStep, ...rest }: GrowFlags): GrowthOptions {
  const memoryBytes = gigabytes === undefined ? shareOfMemory * freemem() : gigabytes * 1e9;
  return {
    ...rest,
    limits: { memoryBytes, seconds: 60 * minutes },
    settings: { machine: machineName(), threads, steps, tokensPerStep },
    out: out ?? null,
  };
}

function pointLine(point: GrowthPoint): string {
  const { size, context, program, round } = point;
  const told = point.state === 'measured' ? `${point.stepMsMedian.toFixed(0)} ms a step` : point.reason;
  return `${size}, rows of ${context} tokens, round ${round + 1}, ${program}: ${told}`;
}

const columns = [
  'parameters',
  'rows',
  'program',
  'tokens/s (median)',
  'range',
  'peak MB',
  'of the limit',
  'limit tokens/s',
  'ratio (range)',
  'losses differ by',
] as const;

function cellsOf(row: GrowthRow): readonly string[] {
  const { size, context, program, limitTokensPerSecond } = row;
  const place = [size, String(context), program];
  const limit = limitTokensPerSecond.toFixed(0);
  if (row.state === 'refused') return [...place, row.reason, '', '', '', limit, '', ''];
  const { tokensPerSecond, peakMemoryBytes, utilization, ratio, lossDifference } = row;
  return [
    ...place,
    tokensPerSecond.median.toFixed(0),
    tokensPerSecond.range.map((speed) => speed.toFixed(0)).join('-'),
    (peakMemoryBytes / 1e6).toFixed(0),
    `${(100 * utilization).toFixed(0)} %`,
    limit,
    ratio === null ? '' : `${ratio.median.toFixed(2)} (${ratio.range.map((one) => one.toFixed(2)).join('-')})`,
    lossDifference === null ? '' : lossDifference.toExponential(1),
  ];
}

const limitName = 'limit of the machine';
const peerName = 'PyTorch, its fastest set-up';

/** Of the peer, the fastest set-up of each cell. What did not fit is named. */
function figureOf({ rows, peak }: GrowthSummary, machine: string, threads: number): GrowthFigure {
  return {
    title: 'Training speed by size of the model and length of rows',
    notes: [`${machine}, ${threads} threads, ${(peak / 1e9).toFixed(0)} GFLOP/s in matrix products`, ...missing(rows)],
    programs: ['harness', peerName, limitName],
    points: pointsOf(rows),
  };
}

function pointsOf(rows: readonly GrowthRow[]): GrowthFigure['points'] {
  const measured = rows.filter((row) => row.state === 'measured');
  const ours = measured.filter(isOurs).map((row) => drawn(row, 'harness'));
  const theirs = measured.filter((row) => isFastestPeer(row, measured)).map((row) => drawn(row, peerName));
  return [...ours, ...theirs, ...rows.filter(isOurs).map(limitOf)];
}

const isOurs = ({ program }: GrowthRow): boolean => program === 'harness';

const limitOf = (row: GrowthRow): GrowthFigure['points'][number] => ({
  ...placeOf(row),
  program: limitName,
  tokensPerSecond: row.limitTokensPerSecond,
});

type MeasuredRow = GrowthRow & { readonly state: 'measured' };

const placeOf = ({ parameters, context }: GrowthRow): Pick<GrowthRow, 'parameters' | 'context'> => ({
  parameters,
  context,
});

const drawn = (row: MeasuredRow, program: string): GrowthFigure['points'][number] => ({
  ...placeOf(row),
  program,
  tokensPerSecond: row.tokensPerSecond.median,
});

function isFastestPeer(row: MeasuredRow, rows: readonly MeasuredRow[]): boolean {
  const beside = rows.filter(
    ({ program, size, context }) => program !== 'harness' && size === row.size && context === row.context,
  );
  return row.program !== 'harness' && beside.every((one) => one.tokensPerSecond.median <= row.tokensPerSecond.median);
}

function missing(rows: readonly GrowthRow[]): readonly string[] {
  return rows.flatMap((row) =>
    row.state === 'refused' ? [`no point: ${row.program}, ${row.size}, ${row.context} tokens (${row.reason})`] : [],
  );
}

async function writeFigure(file: string, figure: GrowthFigure): Promise<void> {
  const { svg, png } = await drawGrowth(figure);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, svg);
  writeFileSync(file.replace(/\.svg$/, '.png'), png);
}
