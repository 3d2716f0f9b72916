/** The claim of an experiment in plan.json, as its sweeps leave it. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import type { Plan } from '../../harness/plan/index.ts';
import { claimsOnRecord } from '../../harness/run/register-claim.ts';
import type { RegisteredClaim } from '../../harness/spec/index.ts';
import { toSealedJson } from '../../harness/store/index.ts';

const folder = mkdtempSync(join(tmpdir(), 'harness-claim-'));
const file = join(folder, 'plan.json');
afterEach(() => rmSync(file, { force: true }));

const planned = (seeds: readonly number[]): Plan => ({ trials: seeds.map((seed) => ({ seed })) }) as unknown as Plan;
const text = (claim: string): string => `name: x\nreport: {claim: ${claim}}\n`;
const pmp = text('{treatment: pmp, reference: none}');

const unexpected = (why: string): never => {
  throw new Error(why);
};

/** A sweep: what it reads and writes. */
function sweeps(specText: string, seeds: readonly number[]): readonly RegisteredClaim[] {
  const claims = claimsOnRecord(file, { specText, plan: planned(seeds) }, unexpected);
  writeFileSync(file, toSealedJson({ claims }));
  return claims;
}

test('a claim is registered once, with its seeds and its time', () => {
  const [first, ...others] = sweeps(pmp, [2, 1, 2]);
  expect(others).toEqual([]);
  expect(first).toMatchObject({
    claim: { treatment: 'pmp', reference: 'none', direction: 'different' },
    seeds: [1, 2],
  });
  expect(Math.abs(Date.parse(first?.registeredAt ?? '') - Date.now())).toBeLessThan(60_000);
  expect(sweeps(pmp, [1, 2])).toEqual([first]);
  // A part of what was planned, and the same claim with its defaults written out.
  expect(sweeps(text('{reference: none, treatment: pmp, direction: different}'), [2])).toEqual([first]);
});

test('another claim, other seeds and a claim that is taken away are entries of their own', () => {
  sweeps(pmp, [1]);
  sweeps(pmp, [1, 2]);
  sweeps(text('{treatment: pmp, reference: lm-equal-tokens}'), [1, 2]);
  const claims = sweeps(text('null'), [1, 2]);
  expect(claims.map(({ claim, seeds }) => [claim?.reference, seeds])).toEqual([
    ['none', [1]],
    ['none', [1, 2]],
    ['lm-equal-tokens', [1, 2]],
    [undefined, [1, 2]],
  ]);
  expect(sweeps('name: x\n', [1, 2])).toEqual(claims);
});

test('an experiment without a claim registers nothing, and a damaged plan holds nothing', () => {
  expect(sweeps('name: x\n', [1])).toEqual([]);
  writeFileSync(file, '{');
  const told: string[] = [];
  const onDamage = (why: string): void => void told.push(why);
  expect(claimsOnRecord(file, { specText: pmp, plan: planned([1]) }, onDamage)).toHaveLength(1);
  expect(told).toEqual([expect.stringContaining('not valid JSON')]);
});

test('a claim on record whose bytes were changed is not believed, and that is told', () => {
  sweeps(pmp, [1]);
  writeFileSync(file, readFileSync(file, 'utf8').replace('"none"', '"nine"'));
  const told: string[] = [];
  const claims = claimsOnRecord(file, { specText: pmp, plan: planned([1]) }, (why) => void told.push(why));
  expect(claims.map(({ claim }) => claim?.reference)).toEqual(['none']);
  expect(told).toEqual([
    expect.stringMatching(/it has sha256 [0-9a-f]{12}, and says [0-9a-f]{12}.*counts as registered/),
  ]);
});
