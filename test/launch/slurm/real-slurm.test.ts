/**
 * The launcher against real daemons. Whatever happens to nodes, jobs, the controller and the conductor: the results are
 * those of a local sweep, and no stage is run again once it is done.
 */
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { SweepEvent } from '../../../harness/run/index.ts';
import {
  auditLines,
  fakeExperiment,
  fakePlan,
  makePlace,
  removePlace,
  runSweep,
} from '../../run/fixtures/fake-plan.ts';
import type { FakeStage, Place } from '../../run/fixtures/fake-plan.ts';
import { startConductor } from '../../run/fixtures/start-conductor.ts';
import { doneTexts, namesIn } from '../../run/fixtures/store-audit.ts';
import { queued, RealSlurm, until, whyNoSlurm, type Node } from './real-slurm.ts';
import { bySlurm } from './slurm-sweep.ts';

const whyNot = whyNoSlurm();
if (whyNot !== null) console.log(`skipped: real Slurm daemons (${whyNot})`);

/** Of a sweep that nothing disturbs; what is struck is a trunk alone, for a job takes seconds to begin. */
const trials = 2;
/** Long enough to be struck in the middle. */
const slow: Partial<FakeStage> = { steps: 60, stepMs: 60 };
/** Long enough for another conductor to start meanwhile. */
const slower: Partial<FakeStage> = { steps: 150, stepMs: 80 };

describe.skipIf(whyNot !== null)('with real daemons', { timeout: 300_000 }, () => {
  const slurm = new RealSlurm();
  let place: Place;
  beforeAll(() => slurm.start(), 120_000);
  afterAll(() => slurm.stop());
  beforeEach(() => {
    place = makePlace();
  });
  afterEach(() => removePlace(place));

  const sweepOf = (change: Partial<FakeStage>, count = 0) =>
    runSweep(place, fakeExperiment(place.audit, count, change), bySlurm(8));
  const running = (stage: string): Promise<void> =>
    until(() => namesIn(place.root).includes('audit.log') && auditLines(place).includes(`start ${stage}`), stage);
  const jobs = (): string =>
    queued('%F_%K %T')
      .find((line) => line.endsWith(' RUNNING'))
      ?.split(' ')[0] ?? '';
  const notes = (events: readonly SweepEvent[]): string =>
    events.map((event) => (event.type === 'note' ? event.text : '')).join('\n');

  /** Every stage ended once, with the bytes of a local sweep. */
  async function expectAsLocal(change: Partial<FakeStage>, count = 0): Promise<void> {
    const local = makePlace();
    const plan = fakeExperiment(local.audit, count, { ...change, stepMs: 1 });
    await runSweep(local, plan);
    const ends = auditLines(place).filter((line) => line.startsWith('end '));
    expect(ends.toSorted()).toEqual(plan.stages.map(({ id }) => `end ${id}`).toSorted());
    expect([...doneTexts(place)].toSorted()).toEqual([...doneTexts(local)].toSorted());
    expect(namesIn(path.join(place.results, 'jobs'))).toEqual([]);
    removePlace(local);
  }

  test('a sweep', async () => {
    const { summary, events } = await sweepOf({}, trials);
    expect(summary.failures).toEqual([]);
    expect(events.filter((event) => event.type === 'stage-progress').length).toBeGreaterThan(5);
    await expectAsLocal({}, trials);
  });

  test('more stages at once than an array may have', async () => {
    const many = Array.from({ length: 6 }, (_, number) => ({ name: `s${number}` }));
    const { summary } = await runSweep(place, fakePlan(place.audit, many), bySlurm(6));
    expect(summary).toMatchObject({ counts: { ran: 6 }, failures: [] });
    // MaxArraySize is 4 there.
    const told = readFileSync(path.join(place.results, 'logs', 'submissions.log'), 'utf8')
      .trim()
      .split('\n');
    expect(told.map((line) => line.match(/pairs-/g)?.length)).toEqual([4, 2]);
  });

  test('a node that fails', async () => {
    const swept = sweepOf(slow);
    await running('pretrain-trunk1');
    const node = queued('%N %T')
      .find((line) => line.endsWith(' RUNNING'))
      ?.split(' ')[0] as Node;
    slurm.killNode(node);
    const { summary } = await swept;
    slurm.startNode(node);
    expect(summary.failures).toEqual([]);
    await expectAsLocal(slow);
  });

  test('a job that is put back into the queue', async () => {
    const swept = sweepOf(slow);
    await running('pretrain-trunk1');
    execFileSync('scontrol', ['requeue', jobs()]);
    const { summary } = await swept;
    expect(summary.failures).toEqual([]);
    await expectAsLocal(slow);
  });

  test('a job that a more urgent one takes the place of', async () => {
    const swept = sweepOf(slow);
    await running('pretrain-trunk1');
    const all = ['--partition=urgent', '--nodes=4', '--exclusive', '--output=/dev/null', '--wrap=sleep 5'];
    execFileSync('sbatch', all);
    await until(() => queued('%P %T').includes('urgent RUNNING'), 'the urgent job has the nodes');
    expect(queued('%P %T')).not.toContain('debug RUNNING');
    const { summary } = await swept;
    expect(summary.failures).toEqual([]);
    expect(auditLines(place).filter((line) => line === 'start pretrain-trunk1')).toHaveLength(2);
    await expectAsLocal(slow);
  });

  test('a task that is submitted twice', async () => {
    const swept = sweepOf(slow);
    await running('pretrain-trunk1');
    const folder = path.join(place.results, 'jobs');
    const [name = ''] = readdirSync(folder);
    const log = path.join(place.root, 'second.log');
    execFileSync('sbatch', ['--job-name=second', `--output=${log}`, path.join(folder, name, 'job.sh')]);
    const { summary } = await swept;
    await until(
      () => /lost|before/.test(namesIn(place.root).includes('second.log') ? readFileSync(log, 'utf8') : ''),
      log,
    );
    expect(summary.failures).toEqual([]);
    await expectAsLocal(slow);
  });

  test('an array that is cancelled', async () => {
    const swept = sweepOf(slow);
    await running('pretrain-trunk1');
    execFileSync('scancel', ['--user=root']);
    const { summary } = await swept;
    expect(summary.failures).toEqual([]);
    await expectAsLocal(slow);
  });

  test('a controller that is killed, and started again', async () => {
    const swept = sweepOf(slow);
    await running('pretrain-trunk1');
    slurm.killController();
    // Clients of Slurm ask again for some seconds by themselves.
    await sleep(25_000);
    slurm.startController();
    const { summary, events } = await swept;
    expect(notes(events)).toContain('Slurm does not answer');
    expect(summary.failures).toEqual([]);
    await expectAsLocal(slow);
  });

  test('a conductor that is killed, and started again', async () => {
    const first = startConductor({ place, trials: 0, change: slower, workers: 8, limits: {}, isBySlurm: true });
    await running('pretrain-trunk1');
    first.kill('SIGKILL');
    await first.end;
    const { summary, events } = await sweepOf(slower);
    expect(notes(events)).toMatch(/1 jobs? of an earlier sweep/);
    expect(summary.failures).toEqual([]);
    expect(auditLines(place).filter((line) => line === 'start pretrain-trunk1')).toHaveLength(1);
    await expectAsLocal(slower);
  });
});
