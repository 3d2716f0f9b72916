/** `harness help COMMAND`: what `harness COMMAND --help` prints. */
import type { CliContext } from '../context.ts';

export async function helpCommand(context: CliContext, _flags: object, ...command: readonly string[]): Promise<void> {
  await context.rerun([...command, '--help']);
}
