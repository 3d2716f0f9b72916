/** Completion, asked as the scripts ask, and in the shells themselves where they are installed. */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import { temporaryResults, writeSampleResults } from '../record/results-fixture.ts';
import { captured } from './captured-run.ts';

/** The built program: shells ask it for every word, and from the sources each answer would take seconds. */
const program = fileURLToPath(new URL('../../harness/cli/bin.mjs', import.meta.url));
let results = '';
beforeAll(() => {
  results = temporaryResults();
  writeSampleResults(results);
});

async function proposed(...words: readonly string[]): Promise<readonly string[]> {
  const { stdout } = await captured(['__complete', ...words], { HARNESS_RESULTS: results });
  return stdout.split('\n').flatMap((line) => (line === '' ? [] : [line.split('\t')[0] ?? '']));
}

describe('what may come next', () => {
  it('commands, and commands below them', async () => {
    expect(await proposed('s')).toEqual(['sweep', 'status', 'stage', 'show', 'sql', 'score']);
    expect(await proposed('ls', 'st')).toEqual(['stages']);
    expect(await proposed('help', 'pl')).toEqual(['plan']);
  });

  it('flags that are not given yet, and the values of one', async () => {
    expect(await proposed('plan', 'x.yaml', '--jobs', '2', '--j')).toEqual(['--json']);
    expect(await proposed('sweep', 'x.yaml', '--device', 'w')).toEqual(['webgpu']);
    expect(await proposed('ls', 'stages', '--outcome', 'f')).toEqual(['failed']);
    expect(await proposed('ls', 'stages', '--kind', 'fi')).toEqual(['finetune']);
  });

  it('experiment files, experiments on record and ids of stages', async () => {
    expect(await proposed('sweep', 'experiments/sm')).toEqual(['experiments/smoke.yaml']);
    expect(await proposed('status', 't')).toEqual(['tiny']);
    expect(await proposed('logs', 'decay-')).toEqual(['decay-000000000003']);
    expect(await proposed('show', 't')).toContain('tiny');
    expect(await proposed('score', 'f')).toContain('finetune-000000000010');
    expect(await proposed('generate', 'd')).toContain('decay-000000000003');
  });

  it('is nothing after words that make no sense', async () => {
    expect(await proposed('nonsense', '')).toEqual([]);
    expect(await proposed('sweep', '--nonsense', 'x')).toEqual([]);
  });
});

const isInstalled = (shell: string): boolean => spawnSync(shell, ['--version']).status === 0;

/** The script for a shell in a file, and what the shell prints when it runs `test` with the file as its argument. */
function inShell(shell: string, options: readonly string[], test: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'harness-completion-'));
  const script = join(folder, 'completion');
  writeFileSync(script, execFileSync(process.execPath, [program, 'completion', shell]));
  writeFileSync(join(folder, 'test'), test);
  return execFileSync(shell, [...options, join(folder, 'test'), script], {
    encoding: 'utf8',
    env: { ...process.env, HARNESS_RESULTS: results, TERM: 'dumb' },
    timeout: 60_000,
  });
}

const bashTest = `source "$1"
ask() { COMP_WORDS=("$@"); COMP_CWORD=$(( $# - 1 )); COMPREPLY=(); _harness_complete; echo "\${COMPREPLY[*]}"; }
ask harness swe
ask harness sweep experiments/sm
ask harness ls stages --outcome fai
COMP_WORDS=(npx harness pl); COMP_CWORD=2; _harness_complete_npx; echo "\${COMPREPLY[*]}"
COMP_WORDS=(npx other pl); COMP_CWORD=2; _harness_complete_npx; echo "\${COMPREPLY[*]}"
complete -p harness | grep -c _harness_complete
harness --version | grep -c '[0-9]'
`;

const fishTest = `source $argv[1]
complete -C "harness swe"
complete -C "harness ls stages --outcome fai"
complete -C "npx harness pl"
`;

// Completion of zsh works on a line that is being edited only: on a terminal of its own.
const zshTest = `zmodload zsh/zpty
zpty z "PS1='> ' zsh -f -i"
collect() { local part; seen=''; repeat 150; do zpty -r -t z part && seen+=$part; [[ $seen == *"$1"* ]] && break; sleep 0.1; done; }
zpty -w z "bindkey -e; autoload -Uz compinit; compinit -u -D; source '$1'; print REA''DY"
collect READY
for word in 'harness swe' 'harness ls sta' 'npx harness pla'; do
  zpty -w -n z "$word"$'\\t\\C-a'"print ANSWER "$'\\n'
  collect $'\\nANSWER '
  print -r -- "$seen" | tr -d '\\r' | grep '^ANSWER'
done
`;

describe('in a shell', () => {
  it.skipIf(!isInstalled('bash'))(
    'bash completes harness and npx harness (skipped where bash is not installed)',
    () => {
      expect(inShell('bash', ['--norc'], bashTest).split('\n')).toEqual([
        'sweep',
        'experiments/smoke.yaml',
        'failed',
        'plan',
        '',
        '1',
        '1',
        '',
      ]);
    },
  );

  it.skipIf(!isInstalled('fish'))(
    'fish completes harness and npx harness (skipped where fish is not installed)',
    () => {
      const lines = inShell('fish', ['--no-config'], fishTest).split('\n');
      expect(lines.map((line) => line.split('\t')[0])).toEqual(['sweep', 'failed', 'plan', '']);
    },
  );

  it.skipIf(!isInstalled('zsh'))('zsh completes harness and npx harness (skipped where zsh is not installed)', () => {
    const answers = inShell('zsh', ['-f'], zshTest)
      .split('\n')
      .map((line) => line.trim());
    expect(answers).toEqual(['ANSWER harness sweep', 'ANSWER harness ls stages', 'ANSWER npx harness plan', '']);
  });
});
