/**
 * The display of a running sweep, on stderr. All that is said during a sweep goes through it: on a terminal a live
 * block with lasting lines above it, everywhere else plain lines.
 */
import type { SweepEvent } from '../../run/index.ts';
import type { Paint } from '../../text/index.ts';
import type { OutputStream } from '../context.ts';
import { describeBlock, describeLasting, describeProgress } from './describe-progress.ts';
import type { NameOf } from './failure-lines.ts';
import { LiveLines } from './live-lines.ts';
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
  /** Colour, where the stream has it. */
  readonly paint: Paint;
  /** Commands in a text as they are called here. */
  callable(text: string): string;
}

/** On a terminal. */
export const redrawMs = 200;
/** In a log. */
export const plainLineMs = 30_000;

/** Chooses by the stream. */
export function displayProgress(stream: OutputStream, options: ProgressOptions): ProgressDisplay {
  if (options.isQuiet) return quietDisplay(stream, options);
  return stream.isTTY === true ? liveDisplay(stream, options) : plainDisplay(stream, options);
}

/** What stays, a line or more: what goes wrong in red. */
function lastingLine(event: SweepEvent, { nameOf, paint, callable }: ProgressOptions): string | null {
  const line = describeLasting(event, nameOf);
  if (line === null) return null;
  const [first = '', ...rest] = callable(line).split('\n');
  return [isTrouble(event) ? paint('red', first) : first, ...rest].join('\n');
}

function isTrouble(event: SweepEvent): boolean {
  return event.type === 'collect-failed' || (event.type === 'stage-finished' && event.outcome.kind === 'failed');
}

function quietDisplay(stream: OutputStream, options: ProgressOptions): ProgressDisplay {
  return {
    onEvent: (event) => void (isTrouble(event) && stream.write(`${lastingLine(event, options) ?? ''}\n`)),
    note: () => {},
    status: () => {},
    stop: () => {},
  };
}

function plainDisplay(stream: OutputStream, options: ProgressOptions): ProgressDisplay {
  let state = noProgress;
  const print = (line: string): void => void stream.write(`${line}\n`);
  const timer = setInterval(() => {
    if (state.running.size > 0) print(describeProgress(state, options.nameOf, performance.now()));
  }, plainLineMs);
  timer.unref();
  return {
    onEvent: (event) => {
      state = advance(state, event, performance.now());
      const line = lastingLine(event, options);
      if (line !== null) print(line);
    },
    note: (text) => print(options.callable(text)),
    status: () => {},
    stop: () => clearInterval(timer),
  };
}

function liveDisplay(stream: OutputStream, options: ProgressOptions): ProgressDisplay {
  const lines = new LiveLines(stream, (line, index) => (index === 0 ? options.paint('bold', line) : line));
  let state: ProgressState = noProgress;
  let status: string | null = null;
  const draw = (lasting: readonly string[] = []): void => {
    const block = describeBlock(state, options.nameOf, performance.now(), lines.columns);
    lines.draw(status === null ? block : [status], lasting);
  };
  const timer = setInterval(() => draw(), redrawMs);
  timer.unref();
  return {
    onEvent: (event) => {
      state = advance(state, event, performance.now());
      if (event.type === 'sweep-started') status = null;
      const line = lastingLine(event, options);
      if (line !== null) draw(line.split('\n'));
    },
    note: (text) => draw([options.callable(text)]),
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
