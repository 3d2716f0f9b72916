/**
 * The part of `@huggingface/jinja` that is used here, with its types: the package's own do not resolve under
 * Node's rules for modules.
 */
import * as jinja from '@huggingface/jinja';

/** A value while a template is rendered. */
export interface Value {
  readonly type: string;
  /** Of a list: values; of a map: a Map of values; of None: undefined. */
  readonly value: unknown;
  toString(): string;
}

export interface Environment {
  /** Takes plain data or a function. */
  set(name: string, value: unknown): Value;
  setVariable(name: string, value: Value): Value;
}

/** A node of the syntax tree, as far as it is looked at here. */
export interface Node {
  type: string;
  value?: unknown;
  callee?: Node;
  args?: Node[];
  object?: Node;
  property?: Node;
  computed?: boolean;
  operand?: Node;
  filter?: Node;
  operator?: Node;
  left?: Node;
  right?: Node;
}

interface Interpreter {
  run(program: Node): Value;
  evaluate(node: Node | undefined, environment: Environment): Value;
}

interface Jinja {
  readonly Environment: new (parent?: Environment) => Environment;
  readonly Interpreter: new (environment: Environment) => Interpreter;
  tokenize(text: string, options: { readonly lstrip_blocks: boolean; readonly trim_blocks: boolean }): unknown;
  parse(tokens: unknown): Node;
}

export const { Environment, Interpreter, parse, tokenize } = jinja as unknown as Jinja;
