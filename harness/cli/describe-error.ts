/**
 * An error as a person reads it: `harness: what and where`, then the next action; a stack only for bugs, and only when
 * asked for.
 */
import { UserError } from '../spec/user-error.ts';
import { paintFor } from '../text/index.ts';
import type { CliContext } from './context.ts';
import { asUserError } from './exit-code.ts';

type Speaker = Pick<CliContext, 'host' | 'callable'>;

export function describeError(thrown: unknown, speaker: Speaker): string {
  const error = asUserError(thrown);
  const isDebug = (speaker.host.env['HARNESS_DEBUG'] ?? '') !== '';
  if (error instanceof UserError) {
    const text = complain(`${error.message}${error.hint === null ? '' : `\n  ${error.hint}`}`, speaker);
    return isDebug && error.stack !== undefined ? `${text}\n${error.stack}${causeOf(error)}` : text;
  }
  const message = error instanceof Error ? error.message : String(error);
  if (!isDebug)
    return complain(`this is a bug: ${message}\n  Run it again with HARNESS_DEBUG=1 to see where.`, speaker);
  return complain(`this is a bug: ${error instanceof Error ? `${error.stack}${causeOf(error)}` : message}`, speaker);
}

/** A complaint for stderr; the commands it names are those that work here. */
export function complain(text: string, { host, callable }: Speaker): string {
  return `${paintFor(host.stderr, host.env)(['bold', 'red'], 'harness:')} ${callable(text)}`;
}

function causeOf(error: Error): string {
  return error.cause instanceof Error ? `\ncaused by: ${error.cause.stack ?? error.cause.message}` : '';
}
