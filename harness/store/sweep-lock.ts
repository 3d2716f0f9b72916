/**
 * One sweep at a time may write to a results folder: results/sweep.lock names it. The lock of a dead sweep is taken
 * over without a message, because "the same command continues" must hold after `kill -9` too. Another host cannot see
 * whether the owner runs; there the owner's heartbeat (the file's modification time) decides.
 */
import { hash } from 'node:crypto';
import { rmSync, statSync, utimesSync } from 'node:fs';
import { z } from 'zod';
import { UserError } from '../spec/user-error.ts';
import { livenessOf, processIdentitySchema, thisProcess } from './process-identity.ts';
import { createExclusively, readIfThere, toJson } from './durable.ts';
import { sweepLockFile } from './layout.ts';
import { parseJson } from './read-json.ts';

const heartbeatEveryMs = 20_000;
const heartbeatLostMs = 180_000;
const claimWaitMs = 5;

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
  for (let round = 0; round < 200; round += 1) {
    if (createExclusively(file, mine)) return holdLock(file, mine);
    freeDeadLock(file, mine, resultsFolder);
  }
  throw new UserError(`could not take ${file}: it keeps changing hands`, {
    exitCode: 3,
    hint: 'Run the same command again.',
  });
}

/** @throws UserError (3) where the lock's owner is alive. */
function freeDeadLock(file: string, mine: string, resultsFolder: string): void {
  const text = readIfThere(file);
  if (text === null) return;
  const owner = liveOwner(file, text);
  if (owner !== null) throw refusal(owner, resultsFolder, file);
  removeDeadLock(file, text, mine);
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
 * Removes the lock that says `deadText`, and no other. Between reading a dead lock and removing it another start can
 * have put its own in its place, so only who holds the claim on this very text may remove it. A claim is such a lock
 * itself, since its holder can be killed.
 */
export function removeDeadLock(file: string, deadText: string, mine: string): void {
  const claim = claimFile(file, deadText);
  if (!createExclusively(claim, mine)) return awaitClaim(claim, mine);
  try {
    if (readIfThere(file) === deadText) rmSync(file, { force: true });
  } finally {
    rmSync(claim, { force: true });
  }
}

/** The right to remove the lock that says `deadText`. */
export function claimFile(file: string, deadText: string): string {
  return `${file}.${hash('sha256', deadText, 'hex').slice(0, 12)}.claim`;
}

/** Somebody else is about to remove the lock, or was killed before that. */
function awaitClaim(claim: string, mine: string): void {
  const text = readIfThere(claim);
  if (text === null) return;
  if (liveOwner(claim, text) === null) removeDeadLock(claim, text, mine);
  else Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, claimWaitMs);
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
