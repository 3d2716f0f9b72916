/**
 * A git repository of a program that is called as the harness is, and small: it builds in no time, and its one path is
 * a loop whose length a commit can change. What is timed is real.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

export interface SmallRepository {
  readonly folder: string;
  /** Writes a file without committing it. */
  write(file: string, text: string): void;
  /** All that was written; the commit. */
  commit(message: string): string;
  git(...args: readonly string[]): string;
}

export function smallRepository(): SmallRepository {
  const folder = mkdtempSync(path.join(tmpdir(), 'harness-small-'));
  const git = (...args: readonly string[]): string =>
    execFileSync('git', ['-C', folder, ...args], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] }).trim();
  const write = (file: string, text: string): void => {
    mkdirSync(path.dirname(path.join(folder, file)), { recursive: true });
    writeFileSync(path.join(folder, file), text);
  };
  git('init', '--quiet', '--initial-branch', 'main');
  git('config', 'user.name', 'A Tester');
  git('config', 'user.email', 'tester@example.org');
  write('.gitignore', 'node_modules\ndist\n');
  write('node_modules/.keep', '');
  write('package-lock.json', '{}\n');
  write('package.json', JSON.stringify({ name: 'small', type: 'module', scripts: { build: 'node build.mjs' } }));
  write('build.mjs', "import { cpSync } from 'node:fs';\ncpSync('source', 'dist', { recursive: true });\n");
  write('harness/cli/bin.mjs', "await import('../../dist/program.mjs');\n");
  write('source/program.mjs', program);
  const commit = (message: string): string => {
    git('add', '--all');
    git('commit', '--quiet', '--message', message);
    return git('rev-parse', 'HEAD');
  };
  return { folder, write, commit, git };
}

/** The text of source/loop.mjs. */
export const loopOf = (turns: number): string => `export const turns = ${turns};\n`;

const program = `import { turns } from './loop.mjs';

if (process.argv.slice(2, 4).join(' ') !== 'bench samples') {
  process.stderr.write('no command ' + process.argv[2] + '\\n');
  process.exit(2);
}
let sum = 0;
const call = () => {
  for (let turn = 0; turn < turns; turn++) sum += Math.sqrt(turn + sum);
};
for (let warm = 0; warm < 20; warm++) call();
const ms = [];
const cpu = process.cpuUsage();
for (let calls = 0; calls < 40; calls++) {
  const start = performance.now();
  call();
  ms.push(performance.now() - start);
}
const { user, system } = process.cpuUsage(cpu);
ms.sort((a, b) => a - b);
const machine = { cpuModel: 'any', cores: 2, memoryGiB: 8, platform: 'linux x64', release: '6', node: 'v20', engine: 'none' };
const times = [{ name: 'loop', work: 'add up roots', calls: 40, ms, cpuMs: (user + system) / 1000 / 40 }];
const speed = [{ takenAt: new Date().toISOString(), machine, milliseconds: 10, times }];
process.stdout.write(JSON.stringify({ schemaVersion: 1, speed, sum }) + '\\n');
`;
