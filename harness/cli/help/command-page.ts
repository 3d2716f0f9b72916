/** The help page of one command, or of a group of commands such as `ls`. */
import type { Command, RouteMap } from '@stricli/core';
import type { AtHand } from '../at-hand.ts';
import type { CliContext } from '../context.ts';
import { docsOf, type CommandDocs } from '../routes/command.ts';
import { argumentRows, argumentWords, flagRows, requiredFlagWords, type HelpRow } from './parameters.ts';
import { paragraph, section, type PageStyle } from './page.ts';

/** What was called: `prefix` is how a person types it here, the program's name included. */
export interface Called {
  readonly prefix: string;
  readonly target: Command<CliContext> | RouteMap<CliContext>;
}

/** More examples than these are not read. */
const mostExamples = 4;

const helpRow: HelpRow = ['-h, --help', 'Print this page'];

export function commandPage(called: Called, name: string, hand: AtHand, style: PageStyle): string {
  const { target, prefix } = called;
  if (!('parameters' in target)) return groupPage(prefix, target, style);
  const docs = docsOf(target) ?? { brief: target.brief };
  return [
    paragraph(usageOf(called), style),
    ...[`${docs.brief}.`, ...(docs.more ?? [])].map((text) => paragraph(text, style)),
    ...section('Arguments', argumentRows(target.parameters), style),
    ...section('Flags', [...flagRows(target.parameters), helpRow], style),
    ...section('Examples', exampleRows(docs, name, hand), style),
  ].join('\n\n');
}

/** `harness sweep [flags] SPEC`; flags that have to be given are named. */
export function usageOf({ prefix, target }: Called): string {
  if (!('parameters' in target)) return `${prefix} COMMAND`;
  const { parameters } = target;
  const flags = Object.keys(parameters.flags ?? {}).length === 0 ? [] : ['[flags]'];
  return [prefix, ...flags, ...requiredFlagWords(parameters), ...argumentWords(parameters)].join(' ');
}

/** Lines that can be pasted here, each with what it is for. */
export function exampleRows(docs: CommandDocs, name: string, hand: AtHand): readonly HelpRow[] {
  const examples = docs.examples?.(hand) ?? [];
  return examples.slice(0, mostExamples).map(([line, purpose]) => [`${name} ${line}`, purpose ?? '']);
}

function groupPage(prefix: string, target: RouteMap<CliContext>, style: PageStyle): string {
  const rows = target
    .getAllEntries()
    .map((entry): HelpRow => [entry.name['convert-camel-to-kebab'], `${entry.target.brief}.`]);
  return [
    paragraph(`${prefix} COMMAND`, style),
    paragraph(`${target.brief}.`, style),
    ...section('Commands', rows, style),
    ...unnamedCommand(prefix, target).map((text) => paragraph(text, style)),
    paragraph(`\`${prefix} COMMAND --help\` explains a command.`, style),
  ].join('\n\n');
}

/** What the group does where no command is named. */
function unnamedCommand(prefix: string, target: RouteMap<CliContext>): readonly string[] {
  const unnamed = target.getDefaultCommand();
  const entry = target.getAllEntries().find((one) => one.target === unnamed);
  return unnamed === undefined || entry === undefined
    ? []
    : [`\`${prefix} [flags]\` alone is \`${prefix} ${entry.name['convert-camel-to-kebab']} [flags]\`.`];
}
