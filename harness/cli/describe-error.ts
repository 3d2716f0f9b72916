/**
 * An error as a person reads it: `harness: what and where`, then the next action; a stack only for bugs, and only when
 * asked for.
 */
import { UserError } from '../spec/user-error.ts';

export function describeError(error: unknown, isDebug: boolean): string {
  if (error instanceof UserError) {
    const text = `harness: ${error.message}${error.hint === null ? '' : `\n  ${error.hint}`}`;
    return isDebug && error.stack !== undefined ? `${text}\n${error.stack}${causeOf(error)}` : text;
  }
  const message = error instanceof Error ? error.message : String(error);
  if (!isDebug) return `harness: this is a bug: ${message}\n  Run it again with HARNESS_DEBUG=1 to see where.`;
  return `harness: this is a bug: ${error instanceof Error ? `${error.stack}${causeOf(error)}` : message}`;
}

function causeOf(error: Error): string {
  return error.cause instanceof Error ? `\ncaused by: ${error.cause.stack ?? error.cause.message}` : '';
}
