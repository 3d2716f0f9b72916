/** `harness completion SHELL`: the script that a shell evaluates to complete our commands. */
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { completionScript, type Shell } from '../completion/scripts.ts';
import type { CliContext } from '../context.ts';

export async function completion(context: CliContext, _flags: object, shell: Shell): Promise<void> {
  context.print(completionScript(shell, [process.execPath, ...process.execArgv, entryFile()]));
}

/** From the sources it is main.ts; built, the committed entry. */
function entryFile(): string {
  const source = fileURLToPath(new URL('../main.ts', import.meta.url));
  return existsSync(source) ? source : fileURLToPath(new URL('../../../harness/cli/bin.mjs', import.meta.url));
}
