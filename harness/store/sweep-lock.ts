/**
 * One sweep at a time may write to a results folder: results/sweep.lock names it. The lock of a dead sweep is taken
 * over without a message, because "the same command continues" must hold after `kill -9` too. Another host cannot see
 * whether the owner runs; there the owner's heartbeat (the file's modification time) decides.
 */
import { linkSync, renameSync, rmSync, statSync, utimesSync } from 'node:fs';
import { z } from 'zod';
import { UserError } from '../spec/user-error.ts';
import { livenessOf, processIdentitySchema, thisProcess } from './process-identity.ts';
import { createExclusively, errorCode, readIfThere, toJson } from './durable.ts';
import { sweepLockFile } from './layout.ts';
import { parseJson } from './read-json.ts';

const heartbeatEveryMs = 20_000;
const heartbeatLostMs = 180_000;

const sweepLockSchema = processIdentitySchema.extend({ experiment: z.string(), startedAt: z.string() });
export type SweepLock = z.infer<typeof sweepLockSchema>;

/** The sweep that holds the folder now, or null. `status` and `cancel` find the conductor's pid here. */
export function readSweepLock(resultsFolder: string): SweepLock | null {
  const file = sweepLockFile(resultsFolder);
  const text = readIfThere(file);
  return text === null ? null : liveOwner(file, text);
}

/** @throws UserError (3) while another sweep holds the folder. Returns the release. */
export function acquireSweepLock(resultsFolder: string, experiment: string): () => void {
  const file = sweepLockFile(resultsFolder);
  const mine = toJson({ ...thisProcess(), experiment, startedAt: new Date().toISOString() });
  // More than one round only when several starts meet over one dead lock.
  for (let round = 0; round < 10; round += 1) {
    if (createExclusively(file, mine)) return holdLock(file, mine);
    freeDeadLock(file, resultsFolder);
  }
  throw new UserError(`could not take ${file}: it keeps changing hands`, {
    exitCode: 3,
    hint: 'Run the same command again.',
  });
}

/** @throws UserError (3) where the lock's owner is alive. */
function freeDeadLock(file: string, resultsFolder: string): void {
  const text = readIfThere(file);
  if (text === null) return;
  const owner = liveOwner(file, text);
  if (owner !== null) throw refusal(owner, resultsFolder, file);
  removeDeadLock(file, text);
}

function holdLock(file: string, mine: string): () => void {
  const heartbeat = setInterval(() => {
    try {
      utimesSync(file, new Date(), new Date());
    } catch {
      // only other hosts need the heartbeat; on this one the pid is looked at
    }
  }, heartbeatEveryMs);
  heartbeat.unref();
  return () => {
    clearInterval(heartbeat);
    if (readIfThere(file) === mine) rmSync(file, { force: true });
  };
}

function liveOwner(file: string, text: string): SweepLock | null {
  // Locks appear whole, so one that cannot be read is damaged and has no owner.
  const owner = sweepLockSchema.safeParse(parseJson(text)).data ?? null;
  if (owner === null) return null;
  const liveness = livenessOf(owner);
  if (liveness !== 'elsewhere') return liveness === 'alive' ? owner : null;
  const touchedMs = statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0;
  return Date.now() - touchedMs < heartbeatLostMs ? owner : null;
}

/**
 * Moves the dead lock aside by a rename, looks at what was caught, and puts it back if another start was faster and it
 * is a fresh one.
 */
function removeDeadLock(file: string, deadText: string): void {
  const aside = `${file}.${process.pid}.dead`;
  try {
    renameSync(file, aside);
    if (readIfThere(aside) !== deadText) linkSync(aside, file);
  } catch (error) {
    const code = errorCode(error);
    if (code !== 'ENOENT' && code !== 'EEXIST') throw error;
  } finally {
    rmSync(aside, { force: true });
  }
}

function refusal(owner: SweepLock, resultsFolder: string, file: string): UserError {
  const isElsewhere = livenessOf(owner) === 'elsewhere';
  const process = `pid ${owner.pid}${isElsewhere ? ` on host ${owner.host}` : ''}`;
  const sweep = `another sweep (${process}, experiment ${owner.experiment}, since ${owner.startedAt})`;
  const remedy = isElsewhere ? `; if that host is gone, delete ${file}` : '';
  return new UserError(`${sweep} is using ${resultsFolder}`, {
    exitCode: 3,
    hint: `Wait for it, or use another folder with --results DIR${remedy}.`,
  });
}
