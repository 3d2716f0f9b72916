import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Journal, lastAttempt, readJournal } from '../../harness/store/index.ts';

let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'harness-journal-'));
  file = join(folder, 'journal.jsonl');
});
afterEach(() => rmSync(folder, { recursive: true }));

const loss = (step: number) => ({ kind: 'metric', step, name: 'train/loss', value: 0.5 }) as const;

test('the attempt line comes first, says where it resumed, and nothing is written after the end', () => {
  const journal = new Journal(folder, 3);
  journal.append({ kind: 'attempt', attempt: 99, startedAt: '', resumedFromStep: 40 });
  journal.append(loss(41));
  journal.close();
  journal.append({ kind: 'note', text: 'from a stray timer' });
  expect(readJournal(file)).toEqual({
    events: [
      { kind: 'attempt', attempt: 3, startedAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT/), resumedFromStep: 40 },
      loss(41),
    ],
    torn: null,
  });
});

test('a line that a kill tore is cut off by the next attempt, and the lines before it stay', () => {
  const first = new Journal(folder, 1);
  first.append(loss(1));
  first.close();
  const whole = readFileSync(file, 'utf8');
  appendFileSync(file, '{"kind":"metric","step":2,"na');
  const second = new Journal(folder, 2);
  second.append(loss(3));
  second.close();
  expect(readFileSync(file, 'utf8').startsWith(whole)).toBe(true);
  expect(readJournal(file).events.map((event) => ('step' in event ? event.step : event.kind))).toEqual([
    'attempt',
    1,
    'attempt',
    3,
  ]);
});

test('a torn line longer than what is read at once is cut off as a whole', () => {
  writeFileSync(file, `${JSON.stringify(loss(1))}\n${'x'.repeat(200_000)}`);
  const journal = new Journal(folder, 1);
  journal.note({ kind: 'note', text: 'afterwards' });
  journal.close();
  expect(readJournal(file).events).toEqual([loss(1), { kind: 'note', text: 'afterwards' }]);
});

test('attempts are counted on from a damaged journal too', () => {
  expect(lastAttempt(folder)).toBe(0);
  const journal = new Journal(folder, 7);
  journal.append(loss(1));
  journal.close();
  appendFileSync(file, 'damage\n');
  expect(lastAttempt(folder)).toBe(7);
});
