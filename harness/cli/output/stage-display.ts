/**
 * The display of one stage that runs in this process, on stderr: on a terminal a live line with notes above it,
 * everywhere else a line now and then.
 */
import type { JournalEvent } from '../../store/index.ts';
import type { OutputStream } from '../context.ts';
import { describeStage } from './describe-progress.ts';
import { LiveLines } from './live-lines.ts';
import type { StepProgress } from './progress-state.ts';
import { plainLineMs, redrawMs } from './progress.ts';

export interface StageDisplay {
  onEvent(event: JournalEvent): void;
  /** A line that stays. */
  note(text: string): void;
  stop(): void;
}

/** @param name What people call the stage. */
export function displayStage(stream: OutputStream, name: string): StageDisplay {
  const startedMs = performance.now();
  let progress: StepProgress | null = null;
  const line = (): string =>
    describeStage({ stageId: name, attempt: 1, startedMs, progress }, (id) => id, performance.now());
  const { note, tick, everyMs, stop } = stream.isTTY === true ? liveLine(stream, line) : plainLines(stream, line);
  const timer = setInterval(tick, everyMs);
  timer.unref();
  return {
    onEvent: (event) => {
      if (event.kind === 'progress') progress = event;
      if (event.kind === 'note') note(event.text);
    },
    note,
    stop: () => {
      clearInterval(timer);
      stop();
    },
  };
}

interface Lines {
  readonly everyMs: number;
  note(text: string): void;
  tick(): void;
  stop(): void;
}

function liveLine(stream: OutputStream, line: () => string): Lines {
  const lines = new LiveLines(stream, (text) => text);
  return {
    everyMs: redrawMs,
    note: (text) => lines.draw([line()], [text]),
    tick: () => lines.draw([line()]),
    stop: () => lines.draw([]),
  };
}

function plainLines(stream: OutputStream, line: () => string): Lines {
  const print = (text: string): void => void stream.write(`${text}\n`);
  return { everyMs: plainLineMs, note: print, tick: () => print(line()), stop: () => {} };
}
