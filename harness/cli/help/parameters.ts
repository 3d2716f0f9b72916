/** Flags and arguments of a command as rows of a help page. */
import type { Command } from '@stricli/core';
import type { CliContext } from '../context.ts';

type Parameters = Command<CliContext>['parameters'];
type Flag = NonNullable<Parameters['flags']>[string];
type Positional = NonNullable<Parameters['positional']>;

export type HelpRow = readonly [term: string, meaning: string];

/** `-j, --jobs N`, and what it means. A flag that is on already is shown as what switches it off. */
export function flagRows({ flags = {}, aliases = {} }: Parameters): readonly HelpRow[] {
  const letters = new Map(Object.entries(aliases).map(([letter, flag]) => [flag, letter]));
  return Object.entries(flags).map(([name, flag]) => {
    const letter = letters.get(name);
    return [`${letter === undefined ? '    ' : `-${letter}, `}${flagWords(name, flag)}`, `${flag.brief}${notes(flag)}`];
  });
}

export function argumentRows({ positional }: Parameters): readonly HelpRow[] {
  if (positional === undefined) return [];
  if (positional.kind === 'array') return [[`${nameOf(positional.parameter)}...`, positional.parameter.brief]];
  return positional.parameters.map((parameter) => [
    nameOf(parameter),
    `${parameter.brief}${parameter.default === undefined ? '' : ` [${parameter.default}]`}`,
  ]);
}

/** `SPEC`, `[EXPERIMENT]`, `ID...`: in the order in which they are typed. */
export function argumentWords({ positional }: Parameters): readonly string[] {
  if (positional === undefined) return [];
  if (positional.kind === 'tuple') return positional.parameters.map((one) => bracketed(nameOf(one), isOptional(one)));
  return [bracketed(`${nameOf(positional.parameter)}...`, (positional.minimum ?? 0) === 0)];
}

/** Flags that have to be given, as they are typed. */
export function requiredFlagWords({ flags = {} }: Parameters): readonly string[] {
  const required = Object.entries(flags).filter(
    ([, flag]) => flag.kind === 'parsed' && flag.optional !== true && flag.default === undefined,
  );
  return required.map(([name, flag]) => flagWords(name, flag));
}

function flagWords(name: string, flag: Flag): string {
  const word = kebab(name);
  if (flag.kind === 'boolean') return flag.default === true ? `--no-${word}` : `--${word}`;
  if (flag.kind === 'enum') return `--${word} ${areMany(flag.values) ? 'NAME' : flag.values.join('|')}`;
  return `--${word} ${(flag.placeholder ?? 'value').toUpperCase()}`;
}

function notes(flag: Flag): string {
  if (flag.kind === 'boolean') return '';
  const values = flag.kind === 'enum' && areMany(flag.values) ? `: ${flag.values.join(', ')}` : '';
  return `${values}${flag.kind !== 'counter' && flag.default !== undefined ? ` [${String(flag.default)}]` : ''}`;
}

type Argument = Extract<Positional, { kind: 'tuple' }>['parameters'][number];

const nameOf = ({ placeholder = 'value' }: Argument): string => placeholder.toUpperCase();
const isOptional = (argument: Argument): boolean => argument.optional === true || argument.default !== undefined;
const bracketed = (word: string, isOptionalWord: boolean): string => (isOptionalWord ? `[${word}]` : word);
export const kebab = (name: string): string => name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);

/** Too many, or too long, to stand behind the flag: they follow its description. */
function areMany(values: readonly string[]): boolean {
  return values.length > 4 || values.join('|').length > 40;
}
