/**
 * A page of docs, followed by copy and paste in a folder of its own: the files that it says to save, and the commands
 * that it says to run.
 */
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

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
  /** What a command prints that must end with this exit code. */
  failure(exitCode: number, command: string): string;
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
  const runTo = (expected: number, commands: string): string => {
    const { status, output } = shell(commands);
    if (status === expected) return output;
    throw new Error(`${commands} ended with exit code ${status}, not ${expected}:\n${output}`);
  };
  return {
    text,
    folder,
    commands: blocks(text, 'sh'),
    output: blocks(text, 'text').flatMap((block) => block.trim().split('\n')),
    run: (commands) => runTo(0, commands),
    failure: (exitCode, command) => runTo(exitCode, command),
  };
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
