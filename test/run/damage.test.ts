import { appendFileSync, cpSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import type { Plan } from '../../harness/plan/stage.ts';
import type { SweepEvent } from '../../harness/run/index.ts';
import { readStoreState } from '../../harness/store/index.ts';
import { auditLines, fakePlan, makePlace, removePlace, runSweep } from './fixtures/fake-plan.ts';
import type { Place } from './fixtures/fake-plan.ts';
import { doneTexts, journalOf } from './fixtures/store-audit.ts';

let place: Place;
let plan: Plan;
const execution = { workers: 1, threads: 1, device: 'cpu', checkpointEverySeconds: 1 } as const;
const names = ['a', 'b', 'c', 'd', 'e'];
let base: Place;
beforeAll(async () => {
  base = makePlace();
  await runSweep(
    base,
    fakePlan(
      base.audit,
      names.map((name) => ({ name, kind: 'corpus' })),
    ),
    { execution },
  );
});
afterAll(() => removePlace(base));
beforeEach(() => {
  place = makePlace();
  plan = fakePlan(
    place.audit,
    names.map((name) => ({ name, kind: 'corpus' })),
  );
  cpSync(base.root, place.root, { recursive: true });
});
afterEach(() => removePlace(place));

const file = (id: string, name: string): string => join(place.results, 'store', id, name);

/** As a disk does that goes bad: the size stays. */
function flipByte(name: string): void {
  const bytes = readFileSync(name);
  const middle = bytes.length >> 1;
  bytes[middle] = (bytes[middle] ?? 0) ^ 1;
  writeFileSync(name, bytes);
}

const harms: readonly (readonly [string, (name: string) => void])[] = [
  ['a changed byte', flipByte],
  ['cut', (name) => truncateSync(name, readFileSync(name).length - 1)],
  ['emptied', (name) => truncateSync(name, 0)],
  ['removed', (name) => rmSync(name)],
];
const files = ['value.txt', 'journal.jsonl', 'stage.json', 'provenance.json', 'seal.json', 'done.json'];
const harmed = files.flatMap((name) => harms.map(([how, harm]) => ({ name, how, harm })));

test.each(harmed)('$name: $how, of a stage that no other reads, is found, told and repaired', async (given) => {
  const before = doneTexts(place);
  given.harm(file('corpus-c', given.name));
  const { summary, events } = await runSweep(place, plan, { execution });
  expect(summary.counts).toMatchObject({ ran: 1, cached: 4 });
  expect(doneTexts(place)).toEqual(before);
  const told = events.filter((event) => event.type === 'note' && event.stageId === 'corpus-c');
  expect(told).toHaveLength(1);
  const again = await runSweep(place, plan, { execution });
  expect(again.summary.counts).toMatchObject({ ran: 0, cached: 5 });
});

test('what does not match its done.json is run again, with the exact reason told; the rest is left alone', async () => {
  const before = doneTexts(place);
  const bytes = readFileSync(file('corpus-a', 'value.txt')).length;
  truncateSync(file('corpus-a', 'value.txt'), 1024);
  rmSync(file('corpus-b', 'value.txt'));
  writeFileSync(file('corpus-c', 'done.json'), '{"id": "corpus-c", "outco');
  writeFileSync(file('corpus-d', 'done.json'), before.get('corpus-e') ?? '');
  const whole = readFileSync(file('corpus-a', 'journal.jsonl'), 'utf8');
  // Torn by a kill: cut off by the next attempt.
  appendFileSync(file('corpus-a', 'journal.jsonl'), '{"kind":"metric","step":7,"na');
  const reasons = {
    'corpus-a': `value.txt has 1,024 bytes, done.json says ${bytes.toLocaleString('en-US')}`,
    'corpus-b': 'value.txt is missing',
    'corpus-c': 'done.json is not JSON (25 bytes)',
    'corpus-d': 'done.json is of corpus-e',
  };
  expect(Object.fromEntries(readStoreState(place.results))).toEqual({
    ...Object.fromEntries(Object.entries(reasons).map(([id, damaged]) => [id, { damaged }])),
    'corpus-e': 'done',
  });

  const { summary, events } = await runSweep(place, plan, { execution });
  expect(summary.counts).toMatchObject({ ran: 4, cached: 1 });
  expect(doneTexts(place)).toEqual(before);
  expect(events.flatMap((event) => (event.type === 'note' ? [[event.stageId, event.text]] : []))).toEqual(
    Object.entries(reasons).map(([id, reason]) => [id, `outputs are damaged (${reason}): running it again`]),
  );
  expect(readFileSync(file('corpus-a', 'journal.jsonl'), 'utf8').startsWith(whole)).toBe(true);
  const journal = journalOf(place, 'corpus-a'); // throws where a line is not JSON
  expect(journal.filter((event) => event.kind === 'note')).toEqual([
    { kind: 'note', text: `outputs were damaged (${reasons['corpus-a']}): cleared to run again` },
  ]);
  expect(journal.filter((event) => event.kind === 'attempt').map((event) => event.attempt)).toEqual([1, 2]);
});

test('a changed byte is found by the stage that reads it, the producer is run again, then the reader', async () => {
  const before = doneTexts(place);
  const text = readFileSync(file('corpus-a', 'value.txt'), 'utf8');
  const wider = fakePlan(place.audit, [
    ...names.map((name) => ({ name, kind: 'corpus' as const })),
    { name: 'x', kind: 'pretrain', inputs: ['a', 'b'] },
    { name: 'y', kind: 'pretrain', inputs: ['a', 'c'] },
    { name: 'z', kind: 'evaluate', inputs: ['x', 'y'] },
  ]);
  const events: SweepEvent[] = [];
  const { summary } = await runSweep(place, wider, {
    // After the sweep has compared everything: who reads it finds it.
    onEvent: (event) => {
      events.push(event);
      if (event.type === 'sweep-started') flipByte(file('corpus-a', 'value.txt'));
    },
  });
  expect(summary.counts).toEqual({ ran: 4, cached: 4, failed: 0, diverged: 0, blocked: 0 });
  expect(doneTexts(place).get('corpus-a')).toBe(before.get('corpus-a'));
  expect(readFileSync(file('corpus-a', 'value.txt'), 'utf8')).toBe(text);
  expect(events.find((event) => event.type === 'note')).toMatchObject({
    stageId: 'corpus-a',
    text: expect.stringMatching(
      /^outputs are damaged \(value\.txt \([\d,]+ bytes\) has sha256 [0-9a-f]{12}, done\.json says [0-9a-f]{12}\), found by pretrain-[xy]: running it again$/,
    ),
  });
  const lines = auditLines(place);
  expect(lines.filter((line) => line === 'start corpus-a')).toHaveLength(2);
  for (const id of ['pretrain-x', 'pretrain-y', 'evaluate-z'])
    expect(lines.filter((line) => line === `start ${id}`)).toHaveLength(1);
});

test('an output that keeps changing under its readers fails them as infrastructure, once renewed', async () => {
  const wider = fakePlan(place.audit, [
    { name: 'a', kind: 'corpus' },
    { name: 'x', kind: 'pretrain', inputs: ['a'] },
  ]);
  const spoil = (): void => flipByte(file('corpus-a', 'value.txt'));
  const { summary } = await runSweep(place, wider, {
    execution,
    onEvent: (event) => {
      if (event.type === 'sweep-started') spoil();
      if (event.type === 'stage-finished' && event.stageId === 'corpus-a') spoil();
    },
  });
  expect(summary.counts).toMatchObject({ ran: 1, failed: 1 });
  expect(summary.failures).toMatchObject([
    {
      stageId: 'pretrain-x',
      errorClass: 'infrastructure',
      message: expect.stringContaining('the input corpus-a is damaged again after it was renewed: value.txt'),
    },
  ]);
});
