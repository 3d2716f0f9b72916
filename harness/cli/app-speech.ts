/** What the application says of itself: help pages, and what was typed wrong. Stricli asks, these are our words. */
import { text_en, type ApplicationText } from '@stricli/core';
import type { AppParts } from './app.ts';
import { atHand, type AtHand } from './at-hand.ts';
import type { CliContext } from './context.ts';
import { complain, describeError } from './describe-error.ts';
import { commandPage, type Called } from './help/command-page.ts';
import { rootPage } from './help/root-page.ts';
import { describeUnknownCommand, describeWrongArgument, isMissing, usageHelp } from './usage-errors.ts';

export class AppSpeech implements AppParts {
  readonly text: ApplicationText;
  readonly #context: CliContext;
  readonly #hand: AtHand;
  #called: Called | null = null;
  #usage: readonly string[] = [];

  constructor(context: CliContext) {
    this.#context = context;
    this.#hand = atHand(context.resultsFolder(undefined));
    const describe = (error: unknown): string => describeError(error, context);
    this.text = {
      ...text_en,
      noCommandRegisteredForInput: ({ input, corrections }) => this.#unknownCommand(input, corrections),
      exceptionWhileParsingArguments: (error) => this.#wrongArgument(error),
      exceptionWhileLoadingCommandFunction: describe,
      exceptionWhileRunningCommand: describe,
      commandErrorResult: describe,
      exceptionWhileRunningIntegrationFlag: ({ exception }) => describe(exception),
    };
  }

  onCall(called: Called): void {
    this.#called = called;
  }

  printHelp(called: Called, isRoot: boolean): void {
    const { commandName, callable, print } = this.#context;
    const page = isRoot
      ? rootPage(commandName, this.#hand, this.#context)
      : commandPage(called, commandName, this.#hand, this.#context);
    print(callable(page));
  }

  /** Once, after all complaints. */
  tellUsage(): void {
    if (this.#usage.length > 0) this.#context.note(this.#usage.map((line) => `  ${line}`).join('\n'));
  }

  #unknownCommand(input: string, corrections: readonly string[]): string {
    const known = corrections.map((word) => word.replaceAll('`', ''));
    return complain(describeUnknownCommand(input, known, this.#context.commandName), this.#context);
  }

  #wrongArgument(error: unknown): string {
    const called = this.#called;
    const complaint = called === null ? null : describeWrongArgument(error, called);
    if (called === null || complaint === null) return describeError(error, this.#context);
    this.#usage = usageHelp(called, this.#context.commandName, isMissing(error) ? this.#hand : null);
    return complain(complaint, this.#context);
  }
}
