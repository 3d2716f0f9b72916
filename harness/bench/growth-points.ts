/** What growth measures, point by point, and the file from which a run that was cut off goes on. */
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { UserError } from '../spec/user-error.ts';
import type { ProductPeak } from './products.ts';
import type { PeerSetUp, SetUpChoice } from './peer-set-ups.ts';
import type { YardstickSize } from './yardstick.ts';

export type GrowthProgram = 'harness' | PeerSetUp;

interface PointPlace {
  readonly size: YardstickSize;
  /** Tokens of a row: a prompt with one response. */
  readonly context: number;
  readonly program: GrowthProgram;
  /** From 0. */
  readonly round: number;
}

/** `refused`: it did not fit in the memory or the time it was given, or did not run. */
export type GrowthPoint = PointPlace &
  (
    | {
        readonly state: 'measured';
        readonly choice: SetUpChoice | null;
        readonly stepMsMedian: number;
        readonly peakMemoryBytes: number;
        /** Of the first step, before its update: pairwise and LM. */
        readonly losses: readonly [number, number | null];
      }
    | { readonly state: 'refused'; readonly reason: string }
  );

/** What two points must share to be compared. */
export interface GrowthSettings {
  readonly machine: string;
  readonly threads: number;
  readonly steps: number;
  readonly tokensPerStep: number;
}

export interface GrowthRecord {
  readonly settings: GrowthSettings;
  /** Before every cell that points were added to. */
  readonly peaks: readonly ProductPeak[];
  readonly points: readonly GrowthPoint[];
}

/** Of the same place, and of any round of it. */
export const isAt =
  (place: Omit<PointPlace, 'round'>) =>
  ({ size, context, program }: Omit<PointPlace, 'round'>): boolean =>
    size === place.size && context === place.context && program === place.program;

/**
 * What is in the file; nothing yet where there is no file.
 *
 * @throws UserError (2) where the file is of other settings, or no such record.
 */
export function readGrowth(file: string | null, settings: GrowthSettings): GrowthRecord {
  if (file === null || !existsSync(file)) return { settings, peaks: [], points: [] };
  const record = parsed(file);
  const different = Object.entries(settings).find(([key, value]) => record.settings[key as 'machine'] !== value);
  if (different === undefined) return record;
  const [key, value] = different;
  throw new UserError(`${file}: its points were taken with ${key} ${record.settings[key as 'machine']}, not ${value}`, {
    exitCode: 2,
    hint: 'Points of one file must be comparable: name another file with --out.',
  });
}

function parsed(file: string): GrowthRecord {
  try {
    const record = JSON.parse(readFileSync(file, 'utf8')) as Partial<GrowthRecord>;
    if (record.settings !== undefined && Array.isArray(record.peaks) && Array.isArray(record.points))
      return record as GrowthRecord;
  } catch (cause) {
    throw noRecord(file, cause);
  }
  throw noRecord(file, undefined);
}

function noRecord(file: string, cause: unknown): UserError {
  return new UserError(`${file}: no results of harness bench grow`, {
    exitCode: 2,
    hint: 'Name another file with --out; results go there.',
    cause,
  });
}

/** Replaced as a whole, so that a run that is cut off leaves the points before. */
export function writeGrowth(file: string | null, record: GrowthRecord): void {
  if (file === null) return;
  writeFileSync(`${file}.part`, `${JSON.stringify(record, null, 1)}\n`);
  renameSync(`${file}.part`, file);
}
