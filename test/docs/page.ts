/**
 * A page of docs, followed by copy and paste in a folder of its own: the files that it says to save, and the commands
 * that it says to run.
 */
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { captured } from '../cli/captured-run.ts';

const root = path.resolve(import.meta.dirname, '../..');

export interface Page {
  readonly text: string;
  /** Where the files were saved. */
  readonly folder: string;
  /** Blocks of commands, in order. */
  readonly commands: readonly string[];
  /** Lines of the blocks of output. */
  readonly output: readonly string[];
  /** What commands print, errors too. @throws where one of them fails. */
  run(commands: string): string;
  /** What a command of the harness prints, without a process of its own; it must end with this exit code. */
  call(exitCode: number, ...argv: readonly string[]): Promise<string>;
}

/** Reads a page and saves its files. Nothing is run yet. */
export function openPage(name: string, environment: Readonly<Record<string, string>> = {}): Page {
  const text = readFileSync(path.join(root, 'docs', name), 'utf8');
  const folder = mkdtempSync(path.join(tmpdir(), 'harness-docs-'));
  const saved = [...text.matchAll(/\*\*Save this as `([^`]+)`[^]*?```\w+\n([^]*?)```/g)];
  for (const [, file = '', content = ''] of saved) writeFileSync(path.join(folder, file), content);
  const env = { ...process.env, ...environment, PATH: `${npxFolder(folder)}:${process.env['PATH'] ?? ''}` };
  const shell = (commands: string): { readonly status: number | null; readonly output: string } => {
    const script = `{ ${commands}\n} 2>&1`;
    const { status, stdout } = spawnSync('bash', ['-euo', 'pipefail', '-c', script], {
      cwd: folder,
      env,
      encoding: 'utf8',
    });
    return { status, output: stdout };
  };
  const requireEnd = (commands: string, status: number | null, expected: number, output: string): string => {
    if (status === expected) return output;
    throw new Error(`${commands} ended with exit code ${status}, not ${expected}:\n${output}`);
  };
  return {
    text,
    folder,
    commands: blocks(text, 'sh'),
    output: blocks(text, 'text').flatMap((block) => block.trim().split('\n')),
    run: (commands) => {
      const { status, output } = shell(commands);
      return requireEnd(commands, status, 0, output);
    },
    call: async (expected, ...argv) => {
      const { exitCode, stdout, stderr } = await inFolder(folder, () => captured(argv, env as Record<string, string>));
      return requireEnd(`harness ${argv.join(' ')}`, exitCode, expected, stdout + stderr);
    },
  };
}

async function inFolder<Result>(folder: string, work: () => Promise<Result>): Promise<Result> {
  const before = process.cwd();
  process.chdir(folder);
  try {
    return await work();
  } finally {
    process.chdir(before);
  }
}

function blocks(text: string, language: string): readonly string[] {
  return [...text.matchAll(new RegExp(`^\`\`\`${language}\\n([^]*?)^\`\`\``, 'gm'))].map(
    ([, block]) => block as string,
  );
}

/** `npx harness` without an installed package: this working tree's program. */
function npxFolder(folder: string): string {
  const bin = path.join(folder, '.bin');
  mkdirSync(bin);
  const program = path.join(root, 'harness/cli/bin.mjs');
  writeFileSync(path.join(bin, 'npx'), `#!/bin/sh\n[ "$1" = harness ] || exit 1\nshift\nexec node ${program} "$@"\n`);
  chmodSync(path.join(bin, 'npx'), 0o755);
  return bin;
}
