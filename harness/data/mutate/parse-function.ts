/**
 * Parses prompt + body of one corpus function. A method is no program on its own, so it is parsed inside an object or a
 * class.
 */
import { parse, type AnyNode, type Function as FunctionNode, type Options, type Program } from 'acorn';
import { full } from 'acorn-walk';
import { isFunctionNode } from '../corpus/function-node.ts';

export interface ParsedFunction {
  readonly body: string;
  readonly node: FunctionNode;
  /** Position of `body` in the parsed text: node positions minus this are positions in `body`. */
  readonly bodyStart: number;
  /** Whether another body parses behind the same prompt. */
  parses(body: string): boolean;
}

const surroundings = [
  ['', ''],
  ['({', '\n})'],
  ['class C extends B {', '\n}'],
] as const;
const options: Options = {
  ecmaVersion: 'latest',
  allowReturnOutsideFunction: true,
  allowSuperOutsideMethod: true,
  checkPrivateFields: false,
};

/** Null where no surrounding makes the text a program. */
export function parseFunction(prompt: string, body: string): ParsedFunction | null {
  for (const sourceType of ['module', 'script'] as const) {
    for (const [before, after] of surroundings) {
      const parseBody = (other: string): Program | null =>
        tryParse(before + prompt + other + after, { ...options, sourceType });
      const bodyStart = before.length + prompt.length;
      const program = parseBody(body);
      const node = program === null ? null : findFunction(program, bodyStart - 1);
      if (node !== null) return { body, node, bodyStart, parses: (other) => parseBody(other) !== null };
    }
  }
  return null;
}

function tryParse(text: string, parseOptions: Options): Program | null {
  try {
    return parse(text, parseOptions);
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}

/** The function whose block opens at `brace`. */
function findFunction(program: Program, brace: number): FunctionNode | null {
  let found: FunctionNode | null = null;
  full(program, (node) => {
    const candidate = node as AnyNode;
    if (isFunctionNode(candidate) && candidate.body.start === brace) found = candidate;
  });
  return found;
}
