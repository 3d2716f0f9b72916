/**
 * `harness attach`: the words of a detached sweep, from its last lines on, until it ends, and its exit code. Leaving
 * it (Ctrl-C) leaves the sweep alone.
 */
import { closeSync, existsSync, fstatSync, openSync, readFileSync, readSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { listenForStop } from '../../run/stop-signals.ts';
import { detachedLogFile, readSweepLease } from '../../store/index.ts';
import { UserError } from '../../spec/index.ts';
import { readDetached, standingOf } from '../detached.ts';
import type { CliContext } from '../context.ts';

const firstLines = 20;
const lookEveryMs = 300;

export async function attach(context: CliContext, flags: { readonly results?: string }): Promise<void> {
  const folder = context.resultsFolder(flags.results);
  const log = detachedLogFile(folder);
  if (readDetached(folder) === null || !existsSync(log)) throw nothingDetached(folder);
  const text = readFileSync(log, 'utf8');
  context.print(text.trimEnd().split('\n').slice(-firstLines).join('\n'));
  let isLeft = false;
  const leave = (): void => {
    isLeft = true;
  };
  const stopListening = listenForStop(undefined, { onStop: leave, onKill: leave });
  try {
    const shown = await follow(context, folder, Buffer.byteLength(text), () => isLeft);
    const detached = readDetached(folder);
    const standing = detached === null ? 'gone' : standingOf(detached);
    if (standing === 'runs') return context.note('left; the sweep goes on: `harness attach` shows it again');
    if (standing === 'ended') return context.exitWith(detached?.exitCode ?? 4);
    shownLast(context, log, shown);
    throw new UserError('the sweep ended without a word: it was killed, or the machine was', {
      exitCode: 4,
      hint: 'The command that started it continues it.',
    });
  } finally {
    stopListening();
  }
}

/** Until it ends, or is left. Returns how far the log was shown. */
async function follow(context: CliContext, folder: string, from: number, isLeft: () => boolean): Promise<number> {
  let shown = from;
  for (;;) {
    const detached = readDetached(folder);
    const isOver = detached === null || standingOf(detached) !== 'runs';
    shown = shownLast(context, detachedLogFile(folder), shown);
    if (isOver || isLeft()) return shown;
    await sleep(lookEveryMs);
  }
}

/** Prints what the log has since `from`. */
function shownLast(context: CliContext, log: string, from: number): number {
  const file = openSync(log, 'r');
  try {
    const { size } = fstatSync(file);
    // It was begun anew by another sweep.
    const start = size < from ? 0 : from;
    const chunk = Buffer.alloc(size - start);
    const length = readSync(file, chunk, 0, chunk.length, start);
    const whole = chunk.lastIndexOf('\n', length) + 1;
    if (whole > 0) context.print(chunk.toString('utf8', 0, whole - 1));
    return start + whole;
  } finally {
    closeSync(file);
  }
}

function nothingDetached(folder: string): UserError {
  const isRunning = readSweepLease(folder) !== null;
  return new UserError(`no sweep was started with --detach in ${folder}`, {
    exitCode: 5,
    hint: isRunning
      ? 'The one that runs has a terminal of its own; `harness status --watch` shows how far it is.'
      : '`harness sweep SPEC --detach` starts one.',
  });
}
