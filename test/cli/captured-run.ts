/** Runs a command in this process with captured streams, as a pipe would see them. */
import { runCli } from '../../harness/cli/run-cli.ts';

export interface CapturedRun {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

export async function captured(
  argv: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<CapturedRun> {
  let stdout = '';
  let stderr = '';
  const exitCode = await runCli(argv, {
    stdout: { write: (text) => (stdout += text) },
    stderr: { write: (text) => (stderr += text) },
    env,
  });
  return { exitCode, stdout, stderr };
}

/** stdout as the one document that `--json` promises. */
export function documentOf(run: CapturedRun): Record<string, unknown> {
  return JSON.parse(run.stdout) as Record<string, unknown>;
}
