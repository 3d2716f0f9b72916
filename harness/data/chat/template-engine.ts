/**
 * A Jinja template as `apply_chat_template` of `transformers` renders it: the same globals, blocks without the line
 * break behind them, and the ways of Python where those of JavaScript are others (python-nodes.ts,
 * python-interpreter.ts).
 */
import { fixedDate } from './fixed-date.ts';
import { Environment, parse, tokenize } from './jinja.ts';
import { PythonInterpreter } from './python-interpreter.ts';
import { callPython, pythonFunctions } from './python-nodes.ts';

/** What a template says by `raise_exception`. */
export class TemplateRefusal extends Error {}

export type Render = (variables: Readonly<Record<string, unknown>>) => string;

/**
 * The compiled template. Rendering throws TemplateRefusal where the template refuses the messages, and Error where it
 * uses what the engine does not know.
 *
 * @throws Error where the text is no template.
 */
export function compileTemplate(text: string): Render {
  // Jinja reads every line break as \n.
  const program = parse(tokenize(text.replaceAll(/\r\n?/g, '\n'), { lstrip_blocks: true, trim_blocks: true }));
  callPython(program);
  return (variables) => {
    const environment = new Environment();
    for (const [name, value] of Object.entries({ ...globals, ...variables })) environment.set(name, value);
    return new PythonInterpreter(environment).run(program).value as string;
  };
}

const globals = {
  true: true,
  True: true,
  false: false,
  False: false,
  none: null,
  None: null,
  range,
  strftime_now: (format: string) => fixedDate(format),
  raise_exception: (message: unknown) => {
    throw new TemplateRefusal(String(message));
  },
  ...pythonFunctions,
};

/** Python's. */
function range(first: number, end?: number, step = 1): readonly number[] {
  const [start, stop] = end === undefined ? [0, first] : [first, end];
  if (step === 0) throw new Error('range() with a step of 0');
  return Array.from({ length: Math.max(0, Math.ceil((stop - start) / step)) }, (_, index) => start + index * step);
}
