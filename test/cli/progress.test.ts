/** What is seen of a running sweep: on a terminal, in a pipe, and when asked to be quiet. */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { displayProgress, type ProgressDisplay } from '../../harness/cli/output/progress.ts';
import type { SweepEvent } from '../../harness/run/index.ts';
import { noPaint, paintFor, terminalText } from '../../harness/text/index.ts';
import { safeStream } from '../../harness/cli/output-stream.ts';
import { FakeTerminal } from './fake-terminal.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const names: Readonly<Record<string, string>> = { 'finetune-1': 'finetune PMP-2048, algebra, 256, seed 1' };
const nameOf = (id: string): string => names[id] ?? id;
const callable = (text: string): string => text.replace('harness status', 'npx harness status');
const plain = { nameOf, callable, paint: noPaint };

const half = { seconds: 28 * 60, low: 9.3 * 60, high: 84 * 60 };
const start: SweepEvent = { type: 'sweep-started', total: 10, cached: 4, toRun: 6, left: half };
const trials = { ran: 1, cached: 1, failed: 0, diverged: 0, blocked: 0 };
const finetuneStarts: SweepEvent = {
  type: 'stage-started',
  stageId: 'finetune-1',
  kind: 'finetune',
  worker: 1,
  attempt: 1,
};
const finetuneGoesOn: SweepEvent = {
  type: 'stage-progress',
  stageId: 'finetune-1',
  worker: 1,
  step: 5,
  steps: 20,
  loss: 0.61234,
  tokensPerSecond: 2900.4,
  left: half,
};
const taskStarts: SweepEvent = { type: 'stage-started', stageId: 'task-1', kind: 'task', worker: 2, attempt: 2 };
const taskFails: SweepEvent = {
  type: 'stage-finished',
  stageId: 'task-1',
  kind: 'task',
  worker: 2,
  outcome: { kind: 'failed', errorClass: 'bug', message: 'no such file', detail: null },
  durationMs: 1500,
  left: half,
};
const allEvents = [
  start,
  { type: 'trials-counted', trials, total: 5 },
  finetuneStarts,
  finetuneGoesOn,
  taskStarts,
  taskFails,
] as const satisfies readonly SweepEvent[];

const startLine = '10 stages: 6 to run, 4 done before; about 30 min (9 to 85 min)';
const failLine = 'task-1 failed after 1.5 s (bug): no such file';

function onTerminal(
  columns: number,
  events: readonly SweepEvent[],
): { terminal: FakeTerminal; display: ProgressDisplay } {
  const terminal = new FakeTerminal(columns);
  const display = displayProgress(safeStream(terminal), { ...plain, isQuiet: false });
  for (const event of events) display.onEvent(event);
  vi.advanceTimersByTime(250);
  return { terminal, display };
}

describe('on a terminal', () => {
  it('says from the start how long it will take, then what each worker does', () => {
    const { terminal } = onTerminal(100, allEvents.slice(0, 5));
    expect(terminal.screen).toEqual([
      startLine,
      '████████░░░░░░░░░░░░ 4 of 10 stages, about 30 min (9 to 85 min) left',
      '  2 of 5 trials complete',
      '  worker 1, step 5 of 20: finetune PMP-2048, algebra, 256, seed 1, loss 0.6123, 2900 tokens/s',
      '  worker 2: task-1 (attempt 2)',
    ]);
  });

  it('keeps every note and failure above the block, and leaves nothing of the block behind', () => {
    const { terminal, display } = onTerminal(100, allEvents);
    display.note('report so far: results/reports/scale/index.html');
    display.onEvent({ type: 'note', stageId: 'finetune-1', text: 'outputs are damaged' });
    vi.advanceTimersByTime(1000);
    expect(terminal.screen.slice(4)).toEqual([
      '████████░░░░░░░░░░░░ 4 of 10 stages, about 30 min (9 to 85 min) left',
      '  2 of 5 trials complete, 1 stage failed',
      '  worker 1, step 5 of 20: finetune PMP-2048, algebra, 256, seed 1, loss 0.6123, 2900 tokens/s',
    ]);
    display.status('drawing the report ...');
    display.stop();
    vi.advanceTimersByTime(1000);
    expect(terminal.screen).toEqual([
      startLine,
      failLine,
      'report so far: results/reports/scale/index.html',
      'finetune PMP-2048, algebra, 256, seed 1 (finetune-1): outputs are damaged',
    ]);
  });

  it('has colour where it is given, puts it on after lines are cut, and names commands as they are called here', () => {
    const terminal = new FakeTerminal(50);
    const paint = paintFor(terminal, {});
    const display = displayProgress(safeStream(terminal), { nameOf, callable, paint, isQuiet: false });
    for (const event of allEvents) display.onEvent(event);
    display.note('see harness status');
    expect(terminal.written).toContain(`${terminalText(paint('red', failLine))}\n`);
    expect(terminal.written).toContain(
      `${terminalText(paint('bold', '████░░░░ 4 of 10 stages, about 30 min left'))}\n`,
    );
    expect(terminal.written).toContain('see npx harness status\n');
    display.stop();
  });

  it('is not disturbed by the ^C that a terminal echoes', () => {
    const { terminal, display } = onTerminal(100, allEvents.slice(0, 4));
    terminal.pressCtrlC();
    display.onEvent({ type: 'note', stageId: null, text: 'stopping: running stages save their state' });
    display.stop();
    expect(terminal.screen).toEqual([startLine, 'stopping: running stages save their state']);
  });

  it.each([20, 50, 80])('keeps its block within %d columns', (columns) => {
    const { terminal, display } = onTerminal(columns, allEvents.slice(1, 5));
    display.onEvent({ ...start, cached: 3 });
    vi.advanceTimersByTime(250);
    const block = terminal.screen.slice(-4);
    expect(Math.max(...block.map((row) => row.length))).toBeLessThan(columns);
    if (columns === 50) expect(block[0]).toBe('███░░░░░ 3 of 10 stages, about 30 min left');
    display.stop();
    expect(terminal.screen.join('')).toBe(startLine.replace('6 to run, 4', '6 to run, 3'));
  });

  it.each([
    ['narrower', 100, 40],
    ['wider', 40, 100],
  ])('finds its block again in a terminal that has become %s', (_, before, after) => {
    const { terminal, display } = onTerminal(before, allEvents);
    terminal.resize(after);
    vi.advanceTimersByTime(500);
    expect(terminal.screen.filter((row) => row.includes('of 10 stages'))).toHaveLength(1);
    display.stop();
    expect(terminal.screen.join('')).toBe(startLine + failLine);
  });

  it('counts down between two events, times a stage without steps, and is silent once nothing is left', () => {
    const { terminal, display } = onTerminal(100, [start, taskStarts]);
    vi.advanceTimersByTime(15 * 60_000);
    expect(terminal.screen.slice(1)).toEqual([
      '████████░░░░░░░░░░░░ 4 of 10 stages, about 15 min (up to 70 min) left',
      '  worker 2, for 15 min: task-1 (attempt 2)',
    ]);
    display.onEvent({ ...taskFails, outcome: { kind: 'completed' }, left: { seconds: 0, low: 0, high: 0 } });
    vi.advanceTimersByTime(250);
    expect(terminal.screen.slice(1)).toEqual(['██████████░░░░░░░░░░ 5 of 10 stages']);
  });
});

describe('in a pipe', () => {
  function inPipe(isQuiet = false): { text: () => string; display: ProgressDisplay } {
    let text = '';
    const display = displayProgress({ write: (part) => (text += part) }, { ...plain, isQuiet });
    return { text: () => text, display };
  }

  it('writes a line for what matters, one now and then, and no escape code', () => {
    const { text, display } = inPipe();
    for (const event of allEvents) display.onEvent(event);
    display.status('drawing the report ...');
    vi.advanceTimersByTime(29_000);
    expect(text()).toBe(`${startLine}\n${failLine}\n`);
    vi.advanceTimersByTime(61_000);
    display.stop();
    vi.advanceTimersByTime(100_000);
    const lines = text().trimEnd().split('\n');
    expect(lines).toHaveLength(5);
    expect(lines[2]).toBe(
      '4 of 10 stages done, 1 stage failed, about 30 min (9 to 85 min) left; worker 1, step 5 of 20: ' +
        'finetune PMP-2048, algebra, 256, seed 1, loss 0.6123, 2900 tokens/s',
    );
    expect(text()).not.toContain('\u001B');
    expect(text()).not.toContain('\r');
  });

  it('is silent when asked to be, but for what goes wrong', () => {
    const { text, display } = inPipe(true);
    for (const event of allEvents) display.onEvent(event);
    display.note('report so far');
    vi.advanceTimersByTime(100_000);
    expect(text()).toBe(`${failLine}\n`);
  });
});
