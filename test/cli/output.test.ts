import { describe, expect, it } from 'vitest';
import { advance, describeProgress, displayProgress, noProgress } from '../../harness/cli/output/progress.ts';
import type { SweepEvent } from '../../harness/run/index.ts';

const events: readonly SweepEvent[] = [
  { type: 'sweep-started', total: 10, cached: 4, toRun: 6 },
  { type: 'stage-started', stageId: 'decay-1', kind: 'decay', worker: 1, attempt: 1 },
  {
    type: 'stage-progress',
    stageId: 'decay-1',
    worker: 1,
    step: 5,
    steps: 20,
    loss: 0.61234,
    tokensPerSecond: 2900.4,
    etaMs: 61_000,
  },
  { type: 'stage-started', stageId: 'task-1', kind: 'task', worker: 2, attempt: 2 },
  {
    type: 'stage-finished',
    stageId: 'task-1',
    kind: 'task',
    worker: 2,
    outcome: { kind: 'failed', errorClass: 'bug', message: 'no such file', detail: null },
    durationMs: 1500,
    etaMs: 30_000,
  },
];

describe('progress', () => {
  it('counts what is done and says what every worker does', () => {
    expect(describeProgress(events.slice(0, 4).reduce(advance, noProgress))).toEqual([
      '4 of 10 stages done, 2 running, about 1 min 1 s left',
      '  worker 1: decay-1 step 5 of 20, loss 0.6123, 2900 tokens/s',
      '  worker 2: task-1 (attempt 2)',
    ]);
    expect(describeProgress(events.reduce(advance, noProgress))[0]).toBe(
      '4 of 10 stages done, 1 failed, 1 running, about 30 s left',
    );
  });

  function shown(stream: { isTTY?: boolean; columns?: number }, isQuiet = false): string {
    let text = '';
    const display = displayProgress({ ...stream, write: (part) => (text += part) }, { isQuiet });
    for (const event of events) display.onEvent(event);
    display.stop();
    return text;
  }

  it('writes plain lines and no escape code where it is no terminal', () => {
    const text = shown({});
    expect(text).toBe('10 stages: 4 done, 6 to run\n[4/10] task-1 failed: no such file (1.5 s)\n');
  });

  it('redraws a block on a terminal, within its width, and leaves nothing of it behind', () => {
    const text = shown({ isTTY: true, columns: 30 });
    expect(text).toContain('\u001B[');
    // What a terminal shows in the end: `ESC [ n A ESC [ 0 J` moves up n lines and erases all below.
    const screen: string[] = [];
    for (const line of text.split('\n')) {
      const parts = line.split('\u001B[0J');
      for (const part of parts.slice(0, -1)) screen.splice(screen.length - Number.parseInt(part.slice(2), 10));
      const rest = parts.at(-1) ?? '';
      if (rest !== '') screen.push(rest);
    }
    expect(screen).toEqual(['10 stages: 4 done, 6 to run', 'task-1 failed: no such file (1.5 s)']);
  });

  it('is silent when asked to be, but for what goes wrong', () => {
    expect(shown({ isTTY: true }, true)).toBe('task-1 failed: no such file (1.5 s)\n');
  });
});
