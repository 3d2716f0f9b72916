/** Arguments of LaTeX commands in braces, as TeX reads them without: `\frac14` is `\frac{1}{4}`. */

/** Arguments a command takes. */
const commands: Readonly<Record<string, number>> = { frac: 2, binom: 2, sqrt: 1, overline: 1 };

/** Every `\frac`, `\binom`, `\sqrt` and `\overline` with its arguments in braces, and `^`, `_` with theirs. */
export function withFullArguments(text: string): string {
  let written = '';
  let at = 0;
  while (at < text.length) {
    const rest = text.slice(at);
    const command = /^\\([A-Za-z]+)/.exec(rest)?.[1];
    const script = command === undefined ? /^[\^_]/.exec(rest)?.[0] : undefined;
    if (command === undefined && script === undefined) {
      written += text[at] ?? '';
      at += 1;
      continue;
    }
    const head = command === undefined ? (script ?? '') : `\\${command}`;
    const read =
      command === undefined ? readScript(text, at + 1) : readArguments(text, at + head.length, argumentsOf(command));
    written += head + read.written;
    at = read.end;
  }
  return written;
}

function argumentsOf(command: string): number {
  return Object.hasOwn(commands, command) ? (commands[command] ?? 0) : 0;
}

/** What is raised or lowered. All digits of a number: TeX takes the first alone, which nobody means by `2^10`. */
function readScript(text: string, start: number): Read {
  const number = /^\s*[-+]?\d+/.exec(text.slice(start))?.[0];
  if (number === undefined) return readArguments(text, start, 1);
  return { written: `{${number.trim()}}`, end: start + number.length };
}

interface Read {
  readonly written: string;
  readonly end: number;
}

function readArguments(text: string, start: number, count: number): Read {
  const index = count === 1 ? /^\s*\[[^\]]*\]/.exec(text.slice(start))?.[0] : undefined;
  let written = index?.trim() ?? '';
  let end = start + (index?.length ?? 0);
  for (let n = 0; n < count; n++) {
    const argument = readArgument(text, end);
    if (argument === null) return { written, end };
    written += `{${argument.written}}`;
    end = argument.end;
  }
  return { written, end };
}

/** A group in braces, a command with its own arguments, or one character; null at the end of the text. */
function readArgument(text: string, from: number): Read | null {
  const start = from + (/^\s*/.exec(text.slice(from))?.[0].length ?? 0);
  const first = text[start];
  if (first === undefined || first === '}') return null;
  if (first === '{') {
    const end = closingBrace(text, start);
    return end === null ? null : { written: withFullArguments(text.slice(start + 1, end)).trim(), end: end + 1 };
  }
  const command = /^\\([A-Za-z]+)/.exec(text.slice(start));
  if (command === null) return { written: first, end: start + 1 };
  const [head, name = ''] = command;
  const own = readArguments(text, start + head.length, argumentsOf(name));
  return { written: head + own.written, end: own.end };
}

/** Where the brace that opens at a place closes; null where it never does. */
export function closingBrace(text: string, start: number): number | null {
  let depth = 0;
  for (let at = start; at < text.length; at++) {
    if (text[at] === '\\') at += 1;
    else if (text[at] === '{') depth += 1;
    else if (text[at] === '}' && --depth === 0) return at;
  }
  return null;
}
