/**
 * Commands are plain functions of (context, flags, ...arguments), loaded when they are called; Stricli hands the
 * context over as `this`.
 */
import { buildCommand } from '@stricli/core';
import type { BaseArgs, Command, TypedCommandParameters } from '@stricli/core';
import type { CliContext } from '../context.ts';

type PlainCommand<Flags, Arguments extends readonly unknown[]> = (
  context: CliContext,
  flags: Flags,
  ...values: Arguments
) => Promise<void>;

interface CommandParts<Flags extends Readonly<Partial<Record<keyof Flags, unknown>>>, Arguments extends BaseArgs> {
  readonly load: () => Promise<PlainCommand<Flags, Arguments>>;
  readonly parameters: NoInfer<TypedCommandParameters<Flags, Arguments, CliContext>>;
  readonly docs: { readonly brief: string; readonly fullDescription?: string };
}

export function command<Flags extends Readonly<Partial<Record<keyof Flags, unknown>>>, Arguments extends BaseArgs>({
  load,
  parameters,
  docs,
}: CommandParts<Flags, Arguments>): Command<CliContext> {
  return buildCommand<Flags, Arguments, CliContext>({
    loader: async () => {
      const run = await load();
      return async function runCommand(this: CliContext, flags: Flags, ...values: Arguments) {
        await run(this, flags, ...values);
      };
    },
    parameters,
    docs,
  });
}
