/**
 * A few of the faults of `inject-faults.ts`: on stages that count, at fixed writes around a commit.
 * HARNESS_SLOW_TESTS=1 adds thirty at random places.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { faultAt, runStruck, strikes, sweepUndisturbed, type Undisturbed } from './fault-run.ts';
import { makeGround, type Fault } from './one-fault.ts';
import { counting } from './subjects.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'harness-faults-'));
const subject = counting();
let calm: Undisturbed;
beforeAll(async () => {
  calm = await sweepUndisturbed(folder, subject);
}, 120_000);
afterAll(() => rmSync(folder, { recursive: true }));

/** At a share of the writes of the process that makes the most of them. */
const at = (role: 'conductor' | 'worker', share: number, kill: 'self' | 'group', when: 'before' | 'after') => ({
  role,
  share,
  kill,
  when,
});

test.each([
  at('worker', 0.25, 'self', 'before'),
  at('conductor', 0.5, 'self', 'after'),
  at('worker', 0.6, 'group', 'after'),
])('a kill of $kill at $share of the writes of the $role costs no result', async ({ share, ...fault }) => {
  const writes = Math.max(1, Math.round(calm.writes[fault.role] * share));
  const ground = makeGround(path.join(folder, `${fault.role}-${fault.kill}`), subject);
  const given: Fault = { place: '', at: writes, ...fault };
  const run = await runStruck(ground, calm, (struck) => (struck === 0 ? given : null));
  expect(run).toMatchObject({ strikes: 1, wrong: null });
});

test.runIf(process.env['HARNESS_SLOW_TESTS'] === '1')(
  'nor do kills at thirty random places',
  async () => {
    for (let number = 0; number < 30; number += 1) {
      const ground = makeGround(path.join(folder, `random-${number}`), subject);
      const place = strikes[number % strikes.length] ?? '';
      const run = await runStruck(ground, calm, (struck) => (struck < 2 ? faultAt(place, calm, Math.random) : null));
      expect([place, run]).toMatchObject([place, { wrong: null }]);
    }
  },
  1_800_000,
);
