import { afterEach, beforeEach, expect, test } from 'vitest';
import { auditLines, fakeExperiment, makePlace, removePlace, runSweep } from './fixtures/fake-plan.ts';
import type { Place } from './fixtures/fake-plan.ts';

let place: Place;
beforeEach(() => { place = makePlace(); });
afterEach(() => removePlace(place));

test('a sweep runs every stage once, and the same sweep again runs none', async () => {
  const plan = fakeExperiment(place.audit, 3);
  const first = await runSweep(place, plan);
  expect(first.summary.counts).toEqual({ ran: 10, cached: 0, failed: 0, diverged: 0, blocked: 0 });
  expect(first.summary.trials).toEqual({ ran: 3, cached: 0, failed: 0, diverged: 0, blocked: 0 });
  const lines = auditLines(place);
  const second = await runSweep(place, plan);
  expect(second.summary.counts).toEqual({ ran: 0, cached: 10, failed: 0, diverged: 0, blocked: 0 });
  expect(auditLines(place)).toEqual(lines);
});
