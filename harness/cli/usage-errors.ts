/**
 * What was typed wrong, in words: what is not known or missing, what was probably meant, and a line that works here.
 */
import {
  AliasNotFoundError,
  ArgumentParseError,
  EnumValidationError,
  FlagNotFoundError,
  InvalidNegatedFlagSyntaxError,
  UnexpectedFlagError,
  UnexpectedPositionalError,
  UnsatisfiedFlagError,
  UnsatisfiedPositionalError,
} from '@stricli/core';
import { didYouMean } from '../spec/index.ts';
import { plural } from '../text/index.ts';
import type { AtHand } from './at-hand.ts';
import { exampleRows, usageOf, type Called } from './help/command-page.ts';
import { argumentRows, kebab } from './help/parameters.ts';
import { docsOf } from './routes/command.ts';

/** @param known Every name that would have been possible there. */
export function describeUnknownCommand(found: string, known: readonly string[], name: string): string {
  return [`there is no command ${found}${suggestion(found, known)}`, `\`${name} help\` lists the commands.`].join(
    '\n  ',
  );
}

/** An error of the argument scanner, without what to do next; null where it is not one. */
export function describeWrongArgument(error: unknown, { target }: Called): string | null {
  if (error instanceof FlagNotFoundError) return unknownFlag(error.input, target);
  if (error instanceof AliasNotFoundError) return `there is no flag -${error.input}`;
  if (error instanceof EnumValidationError)
    return (
      `--${error.externalFlagName} ${error.input}: expected ` +
      `${either(error.values)}${suggestion(error.input, error.values)}`
    );
  if (error instanceof ArgumentParseError) return wrongValue(error);
  if (error instanceof UnsatisfiedFlagError) return `--${error.externalFlagName} needs a value`;
  if (error instanceof UnexpectedPositionalError)
    return `${JSON.stringify(error.input)} is too much: at most ${plural(error.expectedCount, 'argument')} expected`;
  if (error instanceof UnsatisfiedPositionalError)
    return `${error.placeholder.toUpperCase()} is missing: ${meaningOf(error.placeholder, target)}`;
  if (error instanceof UnexpectedFlagError) return `--${error.externalFlagName} is given twice`;
  if (error instanceof InvalidNegatedFlagSyntaxError) return `--${error.externalFlagName} takes no value`;
  return null;
}

/** What is missing is best shown: lines that work here. What is wrong is in the help page. */
export const isMissing = (error: unknown): boolean =>
  error instanceof UnsatisfiedPositionalError || error instanceof UnsatisfiedFlagError;

/** How the command is called; lines that work here, where they are asked for. */
export function usageHelp(called: Called, name: string, hand: AtHand | null): readonly string[] {
  const explained = `\`${called.prefix} --help\` explains it.`;
  return [`usage: ${usageOf(called)}`, ...(hand === null ? [] : examplesHere(called, name, hand)), explained];
}

function examplesHere(called: Called, name: string, hand: AtHand): readonly string[] {
  const docs = docsOf(called.target);
  const examples = docs === null ? [] : exampleRows(docs, name, hand);
  const needsSpec = usageOf(called).includes('SPEC') && hand.specs().length === 0;
  return [
    ...(examples.length === 0 ? [] : ['here:']),
    ...examples.flatMap(([line, purpose]) => [`  ${line}`, ...(purpose === '' ? [] : [`      ${purpose}`])]),
    ...(docs?.examples !== undefined && examples.length === 0 && !needsSpec
      ? ['Nothing of this kind is on record here. --results DIR names another results folder.']
      : []),
    ...(needsSpec ? [`No experiment file is here. \`${name} init\` writes one to start from.`] : []),
  ];
}

function unknownFlag(input: string, target: Called['target']): string {
  const known = 'parameters' in target ? Object.keys(target.parameters.flags ?? {}).map(kebab) : [];
  return `there is no flag --${input}${suggestion(
    `--${input}`,
    [...known, 'help'].map((flag) => `--${flag}`),
  )}`;
}

/** What the help page says of an argument, within a sentence. */
function meaningOf(placeholder: string, target: Called['target']): string {
  const rows = 'parameters' in target ? argumentRows(target.parameters) : [];
  const [, meaning = ''] = rows.find(([term]) => term.replace('...', '') === placeholder.toUpperCase()) ?? [];
  return `${meaning.charAt(0).toLowerCase()}${meaning.slice(1)}`;
}

/** Our own parsers say in full what they expected. */
function wrongValue({ externalFlagNameOrPlaceholder: what, exception }: ArgumentParseError): string {
  return `${what}: ${exception instanceof Error ? exception.message : String(exception)}`;
}

function suggestion(found: string, known: readonly string[]): string {
  const meant = didYouMean(found, known);
  return meant === null ? '' : `; ${meant}`;
}

function either(values: readonly string[]): string {
  return values.length < 2 ? values.join('') : `${values.slice(0, -1).join(', ')} or ${values.at(-1) ?? ''}`;
}
