/**
 * Cuts named functions out of a JavaScript file with a parser (never with a regular expression): declarations, methods,
 * and functions assigned to a name. The outermost function within the limits is taken and its inner functions are not,
 * so no text appears twice.
 */
import { parse, type AnyNode, type Comment, type Function as FunctionNode, type Program, type Token } from 'acorn';
import { fullAncestor } from 'acorn-walk';
import { describeFunction } from './doc-comment.ts';
import { tokenKeys, type TokenKeys } from './token-keys.ts';

export interface CutFunction extends TokenKeys {
  readonly line: number;
  readonly column: number;
  /** The shortened comment (if any), the signature, and `{`. */
  readonly prompt: string;
  /** From behind `{` to the closing `}`, dedented. */
  readonly body: string;
}

/** A body below this (`return x;`) leaves nothing to get wrong. */
const minBodyCharacters = 10;

export interface CutLimits {
  readonly minCharacters: number;
  readonly maxCharacters: number;
}

export type FunctionDrop =
  'function: too short' | 'function: too long' | 'function: inside a taken one' | 'function: empty or trivial';

/** A parsed file: comments and tokens in source order, as duplicates are found by tokens. */
export interface ParsedFile {
  readonly text: string;
  readonly program: Program;
  readonly comments: readonly Comment[];
  readonly tokens: readonly Token[];
}

interface Candidate {
  readonly start: number;
  readonly parametersStart: number;
  readonly bodyStart: number;
  readonly end: number;
}

/** Null where the file is not plain JavaScript (JSX, Flow, TypeScript). */
export function parseFile(text: string): ParsedFile | null {
  for (const sourceType of ['module', 'script'] as const) {
    const comments: Comment[] = [];
    const tokens: Token[] = [];
    try {
      const program = parse(text, {
        ecmaVersion: 'latest',
        sourceType,
        allowHashBang: true,
        allowReturnOutsideFunction: true,
        onComment: comments,
        onToken: tokens,
      });
      return { text, program, comments, tokens };
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error;
    }
  }
  return null;
}

/**
 * The functions of one parsed file in source order. `onDrop` hears of each named function left out, with its reason.
 */
export function cutFunctions(
  file: ParsedFile,
  limits: CutLimits,
  onDrop: (reason: FunctionDrop) => void,
): CutFunction[] {
  const candidates: Candidate[] = [];
  fullAncestor(file.program, (node, _state, ancestors) => {
    const candidate = asCandidate(node as AnyNode, ancestors as AnyNode[]);
    if (candidate !== null) candidates.push(candidate);
  });
  candidates.sort((a, b) => a.start - b.start || b.end - a.end);
  const lineStarts = findLineStarts(file.text);
  const functions: CutFunction[] = [];
  let takenUntil = -1;
  for (const candidate of candidates) {
    const cut =
      candidate.start < takenUntil ? 'function: inside a taken one' : cutOne(file, candidate, lineStarts, limits);
    if (typeof cut === 'string') onDrop(cut);
    else {
      functions.push(cut);
      takenUntil = candidate.end;
    }
  }
  return functions;
}

function cutOne(
  file: ParsedFile,
  candidate: Candidate,
  lineStarts: readonly number[],
  limits: CutLimits,
): CutFunction | FunctionDrop {
  const { text } = file;
  const line = lineOf(lineStarts, candidate.start);
  const lineStart = lineStarts[line - 1] ?? 0;
  const indent = /^[ \t]*/.exec(text.slice(lineStart, candidate.start))?.[0] ?? '';
  const signature = dedent(text.slice(candidate.start, candidate.bodyStart + 1), indent);
  const body = dedent(text.slice(candidate.bodyStart + 1, candidate.end), indent);
  const bare = signature.length + body.length;
  if (bare > limits.maxCharacters) return 'function: too long';
  if (body.slice(0, -1).trim().length < minBodyCharacters) return 'function: empty or trivial';
  // A comment that would break the limit is left out rather than the function.
  const comment = describeFunction(text, file.comments, candidate.start);
  const prompt =
    comment === null || bare + comment.length + 1 > limits.maxCharacters ? signature : `${comment}\n${signature}`;
  if (prompt.length + body.length < limits.minCharacters) return 'function: too short';
  return {
    line,
    column: candidate.start - lineStart + 1,
    prompt,
    body,
    ...tokenKeys(file.tokens, candidate.parametersStart, candidate.end),
  };
}

/** A function with a block body and a name, with the start of the statement or member that names it. */
function asCandidate(node: AnyNode, ancestors: readonly AnyNode[]): Candidate | null {
  if (
    node.type !== 'FunctionDeclaration' &&
    node.type !== 'FunctionExpression' &&
    node.type !== 'ArrowFunctionExpression'
  )
    return null;
  const fn = node as FunctionNode;
  if (fn.body.type !== 'BlockStatement') return null;
  const start = namedStart(fn, ancestors);
  // A method's function node starts at its parameters; the others start at `function` or `async`, behind or before the
  // name.
  const parametersStart = fn.type === 'FunctionDeclaration' && fn.id ? fn.id.end : fn.start;
  return start === null ? null : { start, parametersStart, bodyStart: fn.body.start, end: fn.end };
}

function namedStart(fn: FunctionNode, ancestors: readonly AnyNode[]): number | null {
  const parent = ancestors.at(-2);
  const grandparent = ancestors.at(-3);
  if (fn.type === 'FunctionDeclaration') {
    if (!fn.id) return null;
    return parent?.type === 'ExportNamedDeclaration' || parent?.type === 'ExportDefaultDeclaration'
      ? parent.start
      : fn.start;
  }
  if (parent === undefined) return null;
  if (parent.type === 'MethodDefinition' || parent.type === 'PropertyDefinition') return parent.start;
  if (parent.type === 'Property')
    return grandparent?.type === 'ObjectExpression' && parent.value === fn ? parent.start : null;
  if (parent.type === 'AssignmentExpression')
    return parent.right === fn && grandparent?.type === 'ExpressionStatement' ? parent.start : null;
  if (
    parent.type !== 'VariableDeclarator' ||
    grandparent?.type !== 'VariableDeclaration' ||
    grandparent.declarations.length !== 1
  )
    return null;
  const outer = ancestors.at(-4);
  return outer?.type === 'ExportNamedDeclaration' ? outer.start : grandparent.start;
}

function dedent(text: string, indent: string): string {
  const plain = text.replaceAll('\r\n', '\n');
  const lines = plain
    .split('\n')
    .map((line, index) => (index > 0 && line.startsWith(indent) ? line.slice(indent.length) : line).trimEnd());
  return lines.join('\n');
}

function findLineStarts(text: string): number[] {
  const starts = [0];
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
  return starts;
}

/** 1-based line of an offset, by binary search. */
function lineOf(lineStarts: readonly number[], offset: number): number {
  let low = 0;
  let high = lineStarts.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((lineStarts[middle] ?? 0) <= offset) low = middle + 1;
    else high = middle;
  }
  return low;
}
