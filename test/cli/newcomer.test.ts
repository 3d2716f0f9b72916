/** What a person meets who has never called the program: help, examples that work here, a first experiment. */
import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import { runCli } from '../../harness/cli/run-cli.ts';
import { allRoutes } from '../../harness/cli/routes/index.ts';
import { collect } from '../../harness/record/index.ts';
import { temporaryResults, writeSampleResults } from '../record/results-fixture.ts';
import { captured, documentOf } from './captured-run.ts';
import { programArguments } from '../programs/test-program.ts';

const main = fileURLToPath(new URL('../../harness/cli/main.ts', import.meta.url));
const smoke = fileURLToPath(new URL('../../experiments/smoke.yaml', import.meta.url));

/** In a folder of its own, where nothing but `files` is at hand. */
function inFolder(argv: readonly string[], files: readonly string[] = []): { code: number | null; stderr: string } {
  const cwd = mkdtempSync(join(tmpdir(), 'harness-newcomer-'));
  for (const file of files) {
    mkdirSync(join(cwd, file, '..'), { recursive: true });
    copyFileSync(smoke, join(cwd, file));
  }
  writeFileSync(join(cwd, 'compose.yaml'), 'services: {}\n');
  const { status, stderr } = spawnSync(process.execPath, [...programArguments(main), ...argv], {
    cwd,
    encoding: 'utf8',
  });
  return { code: status, stderr };
}

/** On a terminal of this width. */
async function onTerminal(width: number, argv: readonly string[]): Promise<string> {
  let text = '';
  const stream = { write: (part: string) => (text += part), isTTY: true, columns: width };
  await runCli(argv, { stdout: stream, stderr: stream, env: { NO_COLOR: '1' } });
  return text;
}

describe('help', () => {
  it('says what to try first, and every command in a sentence', async () => {
    const { stdout } = await captured([]);
    expect(stdout).toContain('First things to try\n  harness plan experiments/smoke.yaml');
    for (const name of Object.keys(allRoutes)) expect(stdout).toMatch(new RegExp(`^  ${name} +[A-Z].*\\.$`, 'm'));
  });

  it('of a command is the same in all three ways of asking', async () => {
    const page = await captured(['sweep', '--help']);
    expect(page).toMatchObject({ exitCode: 0, stderr: '' });
    expect(await captured(['sweep', '-h'])).toEqual(page);
    expect(await captured(['help', 'sweep'])).toEqual(page);
    expect(await captured(['help', 'ls', 'trials'])).toEqual(await captured(['ls', 'trials', '--help']));
    expect(await captured(['help'])).toEqual(await captured(['--help']));
  });

  it('of an unknown command is an error', async () => {
    expect(await captured(['help', 'foo'])).toMatchObject({ exitCode: 2, stdout: '' });
  });

  it('shows arguments, flags with their letters and defaults, and examples', async () => {
    const { stdout } = await captured(['plan', '--help']);
    expect(stdout).toMatch(/^harness plan \[flags\] SPEC\n/);
    expect(stdout).toMatch(/^ {2}-j, --jobs N +Worker processes/m);
    expect(stdout).toMatch(/^ {2}harness plan experiments\/smoke\.yaml/m);
    expect((await captured(['export', '--help'])).stdout).toMatch(/^harness export \[flags\] --output FILE \[SOURCE\]/);
    const score = (await captured(['score', '--help'])).stdout;
    expect(score).toContain('      --no-special-tokens ');
    expect(score).toMatch(/--device NAME +.*cpu without it/);
  });

  it('names commands as they are called here', async () => {
    let stdout = '';
    const stdoutStream = { write: (text: string) => (stdout += text) };
    await runCli(['sweep', '--help'], {
      stdout: stdoutStream,
      stderr: stdoutStream,
      env: {},
      commandName: 'npx harness',
    });
    expect(stdout).toMatch(/^npx harness sweep \[flags\] SPEC/);
    expect(stdout).toContain('as `npx harness plan`');
  });

  it.each([[[]], [['sweep', '--help']], [['score', '--help']], [['ls', '--help']], [['bench', 'peer', '--help']]])(
    'keeps to a terminal of 60 columns: %j',
    async (argv) => {
      const lines = (await onTerminal(60, argv)).split('\n');
      // Commands to paste are never broken.
      const prose = lines.filter((line) => !line.startsWith('  harness '));
      expect(prose.filter((line) => line.length > 60)).toEqual([]);
    },
  );

  it('has the same letter for a flag in every command', async () => {
    const pages = await Promise.all(
      Object.keys(allRoutes).map(async (name) => (await captured([name, '--help'])).stdout),
    );
    for (const page of pages) expect(page).not.toMatch(/^ {6}--(set|jobs|quiet|follow|output)\b/m);
  });
});

describe('what is missing', () => {
  it.each(['sweep', 'plan', 'validate'])('%s without a file lists those at hand as commands to paste', async (name) => {
    const run = await captured([name]);
    expect(run).toMatchObject({ exitCode: 2, stdout: '' });
    expect(run.stderr).toMatch(/^harness: SPEC is missing: experiment file/);
    expect(run.stderr).toContain(`\n    harness ${name} experiments/smoke.yaml\n`);
  });

  it('finds experiments beside, and passes over other YAML', () => {
    const { code, stderr } = inFolder(['sweep'], ['mine.yaml', 'experiments/theirs.yaml']);
    expect(code).toBe(2);
    expect(stderr).toMatch(/sweep experiments\/theirs\.yaml\n[^]*sweep mine\.yaml\n/);
    expect(stderr).not.toContain('compose');
  });

  it('says how to get a first experiment where there is none', () => {
    expect(inFolder(['sweep']).stderr).toMatch(/No experiment file is here\. `.* init` writes one to start from\./);
  });

  it('says that nothing is on record where ids are asked for', async () => {
    const run = await captured(['show'], { HARNESS_RESULTS: temporaryResults() });
    expect(run.stderr).toContain('Nothing of this kind is on record here.');
  });

  it('shows ids that are on record', async () => {
    const results = temporaryResults();
    writeSampleResults(results);
    await collect(results);
    const env = { HARNESS_RESULTS: results };
    expect((await captured(['show'], env)).stderr).toContain('    harness show tiny\n');
    expect((await captured(['report'], env)).stderr).toContain('    harness report tiny\n');
    expect((await captured(['logs'], env)).stderr).toMatch(
      /ID is missing.*\n.*\n.*\n {4}harness logs [a-z]+-[0-9a-f]{12} /,
    );
    expect((await captured(['score'], env)).stderr).toMatch(
      /^harness: MODEL is missing.*\n {2}usage: [^]*score finetune-[0-9a-f]{12} - <<< /,
    );
  });
});

describe('init', () => {
  let file = '';
  beforeAll(async () => {
    file = join(mkdtempSync(join(tmpdir(), 'harness-init-')), 'My first.yaml');
    const run = await captured(['init', file]);
    expect(run).toMatchObject({ exitCode: 0, stderr: '' });
    expect(run.stdout).toContain(`\n  harness plan '${file}'\n`);
  });

  it('writes an experiment that is valid, named after its file, and planned', async () => {
    expect((await captured(['validate', file])).stdout).toContain('valid (experiment my-first)');
    const plan = documentOf(await captured(['plan', file, '--json', '--results', temporaryResults()]));
    expect(plan).toMatchObject({ experiment: 'my-first', expected: { seconds: expect.any(Number) } });
    // About a minute: on the slow machine that the default speeds were taken on, at most two.
    expect((plan['expected'] as { seconds: number }).seconds).toBeLessThan(120);
  });

  it('explains every section in a comment', () => {
    const text = readFileSync(file, 'utf8');
    const comments = text.split('\n').filter((line) => line.startsWith('#'));
    expect(comments.length).toBeGreaterThan(10);
    expect(text).toContain(`#   harness plan '${file}'`);
  });

  it('never overwrites, and wants a YAML file', async () => {
    const before = readFileSync(file, 'utf8');
    expect(await captured(['init', file])).toMatchObject({ exitCode: 2, stdout: '' });
    expect(readFileSync(file, 'utf8')).toBe(before);
    expect((await captured(['init', 'experiment.json'])).stderr).toContain('ends in .yaml');
  });
});
