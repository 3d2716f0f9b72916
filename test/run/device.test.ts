import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { describeDevices } from '../../harness/engine/index.ts';
import { UserError } from '../../harness/spec/user-error.ts';
import { fakePlan, makePlace, removePlace, runSweep, type Place } from './fixtures/fake-plan.ts';
import { namesIn } from './fixtures/store-audit.ts';

let place: Place;
beforeEach(() => {
  place = makePlace();
});
afterEach(() => removePlace(place));

const stages: Parameters<typeof fakePlan>[1] = [
  { name: 'a', kind: 'corpus' },
  { name: 'b', kind: 'evaluate', inputs: ['a'] },
];
const on = (device: 'auto' | 'cuda' | 'webgpu') => ({
  execution: { workers: 2, threads: 1, device, checkpointEverySeconds: 1 },
});

test('a missing device is refused before anything is written, with a remedy; a finished sweep needs none', async ({
  skip,
}) => {
  const descriptions = await describeDevices();
  const missing = descriptions.find(
    ({ device, available }) => !available && (device === 'cuda' || device === 'webgpu'),
  );
  if (missing === undefined) return skip('every device is here');
  const { device, detail } = missing as { device: 'cuda' | 'webgpu'; detail: string };
  const error: unknown = await runSweep(place, fakePlan(place.audit, stages), on(device)).catch(
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(UserError);
  expect(error).toMatchObject({
    exitCode: 3,
    message: `device ${device}: not available: ${detail}`,
    hint: missing.enable,
  });
  expect(namesIn(join(place.results, 'store'))).toEqual([]);
  expect(existsSync(join(place.results, 'sweep.lock'))).toBe(false);
  expect(namesIn(join(place.results, 'experiments'))).toEqual([]);

  await runSweep(place, fakePlan(place.audit, stages));
  expect((await runSweep(place, fakePlan(place.audit, stages), on(device))).summary.counts).toMatchObject({
    ran: 0,
    cached: 2,
  });
});

test('auto says what it took and why, and every stage records it', async () => {
  const { events } = await runSweep(place, fakePlan(place.audit, stages), on('auto'));
  const notes = events.flatMap((event) =>
    event.type === 'note' && event.text.startsWith('device') ? [event.text] : [],
  );
  expect(notes).toHaveLength(1);
  const { execution } = JSON.parse(
    readFileSync(join(place.results, 'store', 'evaluate-b', 'provenance.json'), 'utf8'),
  ) as { execution: { device: string; deviceReason: string; workers: number; threads: number } };
  expect(notes[0]).toContain(`device ${execution.device} (${execution.deviceReason})`);
  expect(execution).toMatchObject({ threads: 1, deviceReason: expect.stringMatching(/^auto: /) });
  // One worker on a GPU, as many as asked for elsewhere.
  expect(execution.workers).toBe(execution.device === 'cpu' ? 2 : 1);
});
