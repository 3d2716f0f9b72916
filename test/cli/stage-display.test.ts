/** What is seen of a stage that is run by hand. */
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { displayStage, type StageDisplay } from '../../harness/cli/output/stage-display.ts';
import { safeStream } from '../../harness/cli/output-stream.ts';
import { FakeTerminal } from './fake-terminal.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const name = 'pretrain-1 (pretrain PMP-32, seed 1)';
const goOn = (display: StageDisplay, step: number): void =>
  display.onEvent({ kind: 'progress', step, steps: 20, loss: 0.61234, tokensPerSecond: 2900.4 });

it('on a terminal one live line below the notes, gone at the end', () => {
  const terminal = new FakeTerminal(80);
  const display = displayStage(safeStream(terminal), name);
  goOn(display, 4);
  vi.advanceTimersByTime(500);
  expect(terminal.screen).toEqual([expect.stringMatching(/^pretrain-1 \(.*step 4 of 20/)]);
  display.onEvent({ kind: 'note', text: 'no longer with resume points: the disk is full' });
  goOn(display, 5);
  vi.advanceTimersByTime(500);
  expect(terminal.screen).toEqual([
    'no longer with resume points: the disk is full',
    expect.stringMatching(/^pretrain-1 \(.*step 5 of 20/),
  ]);
  display.stop();
  expect(terminal.screen).toEqual(['no longer with resume points: the disk is full']);
});

it('in a pipe plain lines: notes at once, and how far it is every half minute', () => {
  let text = '';
  const display = displayStage({ write: (part) => (text += part) }, name);
  goOn(display, 4);
  display.onEvent({ kind: 'note', text: 'a note' });
  vi.advanceTimersByTime(29_000);
  expect(text).toBe('a note\n');
  goOn(display, 9);
  vi.advanceTimersByTime(32_000);
  display.stop();
  vi.advanceTimersByTime(60_000);
  expect(text).toMatch(/^a note\n(pretrain-1 \(.*step 9 of 20.*\n){2}$/);
});
