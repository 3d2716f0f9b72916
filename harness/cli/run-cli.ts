/**
 * argv -> one command -> its exit code. Touches no global: streams and environment come from the host, so that tests
 * run it in process.
 */
import { run, text_en } from '@stricli/core';
import { buildApp } from './app.ts';
import { buildContext } from './context.ts';
import type { CliHost } from './context.ts';
import { describeError } from './describe-error.ts';
import { exitCodeOfError, exitCodeOfStricli } from './exit-code.ts';

/** Never throws: whatever happens is told on stderr and becomes the code. */
export async function runCli(argv: readonly string[], host: CliHost): Promise<number> {
  const context = buildContext(host);
  const isDebug = (host.env['HARNESS_DEBUG'] ?? '') !== '';
  const describe = (error: unknown): string => describeError(error, isDebug);
  const text = {
    ...text_en,
    noCommandRegisteredForInput: (input: Parameters<typeof text_en.noCommandRegisteredForInput>[0]) =>
      `harness: ${text_en.noCommandRegisteredForInput({ ...input, ansiColor: false })}\n  \`harness --help\` lists the commands.`,
    exceptionWhileParsingArguments: (error: unknown) =>
      `harness: ${text_en.exceptionWhileParsingArguments(error, false)}`,
    exceptionWhileLoadingCommandFunction: describe,
    exceptionWhileRunningCommand: describe,
    commandErrorResult: describe,
  };
  try {
    await run(buildApp(text, exitCodeOfError), argv, context);
  } catch (error) {
    context.note(describe(error));
    return exitCodeOfError(error);
  }
  return exitCodeOfStricli(Number(context.process.exitCode ?? 0));
}
