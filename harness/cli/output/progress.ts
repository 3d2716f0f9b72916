/**
 * The display of a running sweep, on stderr. All that is said during a sweep goes through it: on a terminal a live
 * block with lasting lines above it, everywhere else plain lines.
 */
import type { SweepEvent } from '../../run/index.ts';
import type { OutputStream } from '../context.ts';
import { describeBlock, describeLasting, describeProgress, type NameOf } from './describe-progress.ts';
import { columnsOf, LiveLines } from './live-lines.ts';
import { advance, noProgress, type ProgressState } from './progress-state.ts';

export interface ProgressDisplay {
  onEvent(event: SweepEvent): void;
  /** A line that stays. */
  note(text: string): void;
  /** What is going on while no stage runs; shown on a terminal only. */
  status(text: string): void;
  stop(): void;
}

export interface ProgressOptions {
  /** Only what goes wrong. */
  readonly isQuiet: boolean;
  readonly nameOf: NameOf;
}

/** On a terminal. */
export const redrawMs = 200;
/** In a log. */
export const plainLineMs = 30_000;

/** Chooses by the stream. */
export function displayProgress(stream: OutputStream, { isQuiet, nameOf }: ProgressOptions): ProgressDisplay {
  if (isQuiet) return quietDisplay(stream, nameOf);
  return stream.isTTY === true ? liveDisplay(stream, nameOf) : plainDisplay(stream, nameOf);
}

function quietDisplay(stream: OutputStream, nameOf: NameOf): ProgressDisplay {
  const isTrouble = (event: SweepEvent): boolean =>
    event.type === 'collect-failed' || (event.type === 'stage-finished' && event.outcome.kind === 'failed');
  return {
    onEvent: (event) => void (isTrouble(event) && stream.write(`${describeLasting(event, nameOf) ?? ''}\n`)),
    note: () => {},
    status: () => {},
    stop: () => {},
  };
}

function plainDisplay(stream: OutputStream, nameOf: NameOf): ProgressDisplay {
  let state = noProgress;
  const print = (line: string): void => void stream.write(`${line}\n`);
  const timer = setInterval(() => {
    if (state.running.size > 0) print(describeProgress(state, nameOf, performance.now()));
  }, plainLineMs);
  timer.unref();
  return {
    onEvent: (event) => {
      state = advance(state, event, performance.now());
      const line = describeLasting(event, nameOf);
      if (line !== null) print(line);
    },
    note: print,
    status: () => {},
    stop: () => clearInterval(timer),
  };
}

function liveDisplay(stream: OutputStream, nameOf: NameOf): ProgressDisplay {
  const lines = new LiveLines(stream);
  let state: ProgressState = noProgress;
  let status: string | null = null;
  const draw = (lasting: readonly string[] = []): void => {
    const block = describeBlock(state, nameOf, performance.now(), columnsOf(stream));
    lines.draw(status === null ? block : [status], lasting);
  };
  const timer = setInterval(() => draw(), redrawMs);
  timer.unref();
  return {
    onEvent: (event) => {
      state = advance(state, event, performance.now());
      if (event.type === 'sweep-started') status = null;
      const line = describeLasting(event, nameOf);
      if (line !== null) draw([line]);
    },
    note: (text) => draw([text]),
    status: (text) => {
      status = text;
      draw();
    },
    stop: () => {
      clearInterval(timer);
      lines.draw([]);
    },
  };
}
