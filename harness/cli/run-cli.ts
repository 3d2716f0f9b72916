/**
 * argv -> one command -> its exit code. Touches no global: streams and environment come from the host, so that tests
 * run it in process.
 */
import { proposeCompletions, run } from '@stricli/core';
import { AppSpeech } from './app-speech.ts';
import { buildApp } from './app.ts';
import { buildContext, type CliContext, type CliHost } from './context.ts';
import { describeError } from './describe-error.ts';
import { exitCodeOfError, exitCodeOfStricli } from './exit-code.ts';
import { allRoutes } from './routes/index.ts';

/** Before the words typed so far: prints what may come next, for the scripts of `harness completion`. */
export const completeWord = '__complete';

/** Never throws: whatever happens is told on stderr and becomes the code. */
export async function runCli(argv: readonly string[], host: CliHost): Promise<number> {
  const context = buildContext(host, {
    commands: Object.keys(allRoutes),
    rerun: runIn,
  });
  try {
    if (argv[0] === completeWord) await printCompletions(argv.slice(1), context);
    else await runIn(argv, context);
  } catch (error) {
    context.note(describeError(error, context));
    return exitCodeOfError(error);
  }
  return exitCodeOfStricli(Number(context.process.exitCode ?? 0));
}

async function runIn(argv: readonly string[], context: CliContext): Promise<void> {
  const speech = new AppSpeech(context);
  await run(buildApp(context.commandName, speech), argv, context);
  speech.tellUsage();
}

/** One a line: the word, a tab, what it is. Whatever goes wrong, a shell that completes is not disturbed. */
async function printCompletions(words: readonly string[], context: CliContext): Promise<void> {
  const proposed = await proposeCompletions(
    buildApp(context.commandName, new AppSpeech(context)),
    words.length === 0 ? [''] : words,
    context,
  );
  for (const { completion, brief } of proposed) context.print(`${completion}\t${brief}`);
}
