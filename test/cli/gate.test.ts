import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { writeSamples, type Samples } from '../../harness/gate/index.ts';
import { randomStream } from '../../harness/random/index.ts';
import { madeQuality, madeRun, noisyRuns } from '../gate/made-samples.ts';
import { captured, documentOf } from './captured-run.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'harness-gate-test-'));
const file = (name: string, samples: Samples): string => {
  const at = path.join(folder, name);
  writeSamples(at, samples);
  return at;
};

const good = madeQuality({ seeds: 16, accuracy: 0.78, condition: 'lookup, <none> | `x`' });
const worse = madeQuality({
  seeds: 16,
  accuracy: 0.7,
  condition: 'lookup, <none> | `x`',
  stream: randomStream(9, 'worse'),
});
const baseline = file('baseline.json', { ...good, speed: noisyRuns(6, { encode: 10 }, 0.01, 1) });
const same = file('same.json', { ...good, speed: noisyRuns(6, { encode: 10 }, 0.01, 2) });
const regressed = file('regressed.json', { ...worse, speed: noisyRuns(6, { encode: 10 }, 0.01, 3) });
const elsewhere = file('elsewhere.json', { ...good, speed: [madeRun({ encode: 4 }, { cpuModel: 'another' })] });
const renamed = file('renamed.json', { ...good, speed: noisyRuns(6, { encoding: 10 }, 0.01, 4) });

const gate = (candidate: string, ...more: readonly string[]): ReturnType<typeof captured> =>
  captured(['gate', '--baseline', baseline, '--candidate', candidate, ...more]);

describe('harness gate', () => {
  it('ends with 0 where nothing regressed, and says what it could have found', async () => {
    const run = await gate(same);
    expect(run.exitCode).toBe(0);
    expect(run.stdout).toMatch(/^no regression found: /m);
    expect(run.stdout).toMatch(/With 80 % power this gate finds a slowdown of \d+\.\d %/);
    expect(run.stdout).toMatch(/Without any change it alarms in 0\.5 % of gates at most/);
  });

  it('ends with 1 for a loss, with its size, interval and p', async () => {
    const run = await gate(regressed);
    expect(run.exitCode).toBe(1);
    expect(run.stdout).toMatch(/^a regression was found: /m);
    expect(run.stdout).toMatch(/pairwise accuracy +\d\d\.\d % +\d\d\.\d % +-\d\.\d +-\d+\.\d to -\d\.\d +16 /);
    expect(run.stdout).toMatch(/Resampling items too: -\d+\.\d to -\d+\.\d points/);
  });

  it('ends with 5 where a metric is missing, which a renamed one is', async () => {
    const run = await gate(renamed);
    expect(run.exitCode).toBe(5);
    expect(run.stdout).toContain('encode: The candidate has no such path.');
    expect(run.stdout).toContain('encoding: The baseline has no such path.');
  });

  it('tells what was measured on other hardware, and judges the rest', async () => {
    const run = await gate(elsewhere);
    expect(run.exitCode).toBe(0);
    expect(run.stdout).toContain('Other hardware: cpuModel another, not made-up');
    expect((await gate(elsewhere, '--only', 'speed')).exitCode).toBe(5);
  });

  it('is one JSON document, with every difference', async () => {
    const document = documentOf(await gate(regressed, '--json'));
    expect(document).toMatchObject({
      schemaVersion: 1,
      verdict: 'regressed',
      level: 0.005,
      power: 0.8,
      falseAlarms: { gates: 1000 },
      findings: [
        { kind: 'quality', outcome: 'regressed', tested: { n: 16, itemInterval: { level: 0.95 } } },
        { kind: 'speed', name: 'encode', outcome: 'passed', tested: { losses: null } },
      ],
    });
    const [{ tested }] = document['findings'] as [{ tested: { losses: readonly { unit: string }[] } }];
    expect(tested.losses.map(({ unit }) => unit)).toContain('seed 16');
  });
});

describe('the summary for a pull request', () => {
  it('is appended as Markdown, in which names do no harm', async () => {
    const at = path.join(folder, 'summary.md');
    writeFileSync(at, 'before\n');
    await gate(regressed, '--markdown', at);
    const text = readFileSync(at, 'utf8');
    expect(text).toMatch(/^before\n## Gate: a regression was found\n/);
    expect(text).toContain(String.raw`| made: lookup, &lt;none> \| \`x\`: pairwise accuracy |`);
    const rows = text.split('\n').filter((line) => line.startsWith('|'));
    expect(new Set(rows.map((line) => line.replaceAll(String.raw`\|`, '').split('|').length)).size).toBe(1);
  });

  it('goes where GitHub looks for it', async () => {
    const at = path.join(folder, 'github.md');
    const run = await captured(['gate', '--baseline', baseline, '--candidate', same], { GITHUB_STEP_SUMMARY: at });
    expect(run.exitCode).toBe(0);
    expect(readFileSync(at, 'utf8')).toContain('## Gate: no regression found');
  });

  it('cannot be written where there is no folder: exit code 3', async () => {
    const run = await gate(same, '--markdown', path.join(folder, 'nowhere/summary.md'));
    expect(run).toMatchObject({ exitCode: 3 });
    expect(run.stderr).toContain('cannot write');
  });
});

describe('JUnit XML', () => {
  const junit = async (candidate: string): Promise<string> => {
    const at = path.join(folder, 'gate.xml');
    await gate(candidate, '--junit', at);
    return readFileSync(at, 'utf8');
  };

  it('has a failure for a regression', async () => {
    const text = await junit(regressed);
    expect(text).toContain('tests="2" failures="1" errors="0" skipped="0"');
    expect(text).toContain('<testcase classname="speed" name="encode"/>');
    expect(text).toMatch(/name="made: lookup, &lt;none&gt; \| `x`: pairwise accuracy"><failure message="regressed">/);
  });

  it('has an error for what is missing, and skips what is new or not comparable', async () => {
    expect(await junit(renamed)).toContain('tests="3" failures="0" errors="1" skipped="1"');
    expect(await junit(elsewhere)).toContain('<skipped message="not comparable: Other hardware');
  });
});

describe('harness gate calibrate', () => {
  it('counts false alarms, and how often planted changes are found', async () => {
    const samples = file('noise.json', {
      ...madeQuality({ seeds: 24, accuracy: 0.8 }),
      speed: noisyRuns(60, { encode: 10 }, 0.01),
    });
    const run = await captured(['gate', 'calibrate', samples, '--gates', '100', '--seeds', '12', '--json']);
    expect(run.exitCode).toBe(0);
    const { unchanged, planted } = documentOf(run) as unknown as {
      readonly unchanged: { readonly share: number };
      readonly planted: readonly { readonly metric: string; readonly share: number }[];
    };
    expect(unchanged.share).toBeLessThanOrEqual(0.03);
    expect(planted.map(({ metric }) => metric)).toEqual(['made: lookup, none: pairwise accuracy', 'encode']);
    expect(planted[1]?.share).toBeGreaterThan(0.9);
  });

  it('says what it would need: exit code 5', async () => {
    const run = await captured(['gate', 'calibrate', baseline]);
    expect(run).toMatchObject({ exitCode: 5, stdout: '' });
    expect(run.stderr).toContain('the samples hold 16 seeds; such gates need 32 for 16 a side');
  });
});

describe('usage', () => {
  it.each([
    [['gate', '--baseline', 'nowhere'], 2, 'there is no file nowhere'],
    [['gate', 'accept'], 2, '--reason needs a value'],
    [['gate', '--rounds', '0'], 2, 'whole number of at least 1'],
    [['gate', '--only', 'memory'], 2, 'expected quality or speed'],
    [['gate', 'calibrate'], 2, 'FILE is missing'],
  ])('refuses %j', async (argv, exitCode, complaint) => {
    const run = await captured(argv);
    expect(run).toMatchObject({ exitCode, stdout: '' });
    expect(run.stderr).toContain(complaint);
  });

  it('says what it does without a further word', async () => {
    expect((await captured(['gate', '--help'])).stdout).toContain(
      '`harness gate [flags]` alone is `harness gate check',
    );
  });
});
