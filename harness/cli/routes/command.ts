/**
 * Commands are plain functions of (context, flags, ...arguments), loaded when they are called; Stricli hands the
 * context over as `this`.
 */
import { buildCommand } from '@stricli/core';
import type { BaseArgs, Command, TypedCommandParameters } from '@stricli/core';
import type { AtHand } from '../at-hand.ts';
import type { CliContext } from '../context.ts';

type PlainCommand<Flags, Arguments extends readonly unknown[]> = (
  context: CliContext,
  flags: Flags,
  ...values: Arguments
) => Promise<void>;

export interface CommandDocs {
  /** One line, for lists of commands. */
  readonly brief: string;
  /** What else there is to know: paragraphs, after the brief. */
  readonly more?: readonly string[];
  /** Command lines without the program's name, made of what is at hand. Only those that would run. */
  readonly examples?: (hand: AtHand) => readonly Example[];
}

/** A command line, and what it is for. */
export type Example = readonly [line: string, purpose: string | null];

interface CommandParts<Flags extends Readonly<Partial<Record<keyof Flags, unknown>>>, Arguments extends BaseArgs> {
  readonly load: () => Promise<PlainCommand<Flags, Arguments>>;
  readonly parameters: NoInfer<TypedCommandParameters<Flags, Arguments, CliContext>>;
  readonly docs: CommandDocs;
}

/** One letter for one flag, in every command that has the flag. */
const letters = { s: 'set', j: 'jobs', q: 'quiet', f: 'follow', o: 'output', n: 'number' } as const;

const documented = new WeakMap<object, CommandDocs>();

/** What a command was declared with; Stricli keeps only its own part of it. */
export const docsOf = (target: object): CommandDocs | null => documented.get(target) ?? null;

export function command<Flags extends Readonly<Partial<Record<keyof Flags, unknown>>>, Arguments extends BaseArgs>({
  load,
  parameters,
  docs,
}: CommandParts<Flags, Arguments>): Command<CliContext> {
  const built = buildCommand<Flags, Arguments, CliContext>({
    loader: async () => {
      const run = await load();
      return async function runCommand(this: CliContext, flags: Flags, ...values: Arguments) {
        await run(this, flags, ...values);
      };
    },
    parameters: { ...parameters, aliases: aliasesOf(parameters.flags ?? {}) } as typeof parameters,
    docs: { brief: docs.brief },
  });
  documented.set(built, docs);
  return built;
}

function aliasesOf(flags: object): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(letters).filter(([, flag]) => flag in flags));
}
