/**
 * Cuts named functions out of a JavaScript file with a parser (never with a regular expression): declarations, methods,
 * and functions assigned to a name. The outermost function within the limits is taken and its inner functions are not,
 * so no text appears twice.
 */
import { parse, type AnyNode, type Comment, type Program, type Token } from 'acorn';
import { fullAncestor } from 'acorn-walk';
import { describeFunction } from './doc-comment.ts';
import { firstIndex } from './first-index.ts';
import { isFunctionNode } from './function-node.ts';
import { tokenKeys, type TokenKeys } from './token-keys.ts';

interface CutFunction extends TokenKeys {
  readonly line: number;
  readonly column: number;
  readonly description: string | null;
  /** With `{`. */
  readonly signature: string;
  /** From behind `{` to the closing `}`, dedented. */
  readonly body: string;
}

/** A body below this (`return x;`) leaves nothing to get wrong. */
const minBodyCharacters = 10;

export interface CutLimits {
  readonly minCharacters: number;
  readonly maxCharacters: number;
}

type FunctionDrop =
  'function: too short' | 'function: too long' | 'function: inside a taken one' | 'function: empty or trivial';

/** A parsed file: comments and tokens in source order, as duplicates are found by tokens. */
interface ParsedFile {
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

interface FunctionText {
  readonly signature: string;
  readonly body: string;
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
 * The functions of one parsed file in source order. `onDrop` gets the reason for each named function left out.
 */
export function cutFunctions(
  file: ParsedFile,
  limits: CutLimits,
  onDrop: (reason: FunctionDrop) => void,
): CutFunction[] {
  const lineStarts = findLineStarts(file.text);
  const functions: CutFunction[] = [];
  let takenUntil = -1;
  for (const candidate of findCandidates(file.program)) {
    const isInside = candidate.start < takenUntil;
    const cut = isInside ? 'function: inside a taken one' : cutOne(file, candidate, lineStarts, limits);
    if (typeof cut === 'string') onDrop(cut);
    else {
      functions.push(cut);
      takenUntil = candidate.end;
    }
  }
  return functions;
}

/** In source order, outer functions before inner ones. */
function findCandidates(program: Program): Candidate[] {
  const candidates: Candidate[] = [];
  fullAncestor(program, (node, _state, ancestors) => {
    const candidate = asCandidate(node as AnyNode, ancestors as AnyNode[]);
    if (candidate !== null) candidates.push(candidate);
  });
  return candidates.sort((a, b) => a.start - b.start || b.end - a.end);
}

function cutOne(
  file: ParsedFile,
  candidate: Candidate,
  lineStarts: readonly number[],
  limits: CutLimits,
): CutFunction | FunctionDrop {
  const line = lineOf(lineStarts, candidate.start);
  const lineStart = lineStarts[line - 1] ?? 0;
  const { signature, body } = dedentedParts(file.text, candidate, lineStart);
  const column = candidate.start - lineStart + 1;
  const description = describeFunction(file.text, file.comments, candidate.start);
  return (
    dropBySize(signature, body, limits) ?? { line, column, description, signature, body, ...keysOf(file, candidate) }
  );
}

function dedentedParts(text: string, { start, bodyStart, end }: Candidate, lineStart: number): FunctionText {
  const indent = /^[ \t]*/.exec(text.slice(lineStart, start))?.[0] ?? '';
  return {
    signature: dedent(text.slice(start, bodyStart + 1), indent),
    body: dedent(text.slice(bodyStart + 1, end), indent),
  };
}

function dropBySize(signature: string, body: string, limits: CutLimits): FunctionDrop | null {
  const characters = signature.length + body.length;
  if (characters > limits.maxCharacters) return 'function: too long';
  if (body.slice(0, -1).trim().length < minBodyCharacters) return 'function: empty or trivial';
  return characters < limits.minCharacters ? 'function: too short' : null;
}

function keysOf({ tokens }: ParsedFile, { parametersStart, end }: Candidate): TokenKeys {
  return tokenKeys(tokens, parametersStart, end);
}

/** A function with a block body and a name, with the start of the statement or member that names it. */
function asCandidate(node: AnyNode, ancestors: readonly AnyNode[]): Candidate | null {
  if (!isFunctionNode(node) || node.body.type !== 'BlockStatement') return null;
  const start = namedStart(node, ancestors);
  // A method's function node starts at its parameters. The others start at `function` or `async`, and the name of a
  // declaration comes after that.
  const parametersStart = node.type === 'FunctionDeclaration' && node.id ? node.id.end : node.start;
  return start === null ? null : { start, parametersStart, bodyStart: node.body.start, end: node.end };
}

function namedStart(fn: AnyNode, ancestors: readonly AnyNode[]): number | null {
  const [parent, grandparent, outer] = [ancestors.at(-2), ancestors.at(-3), ancestors.at(-4)];
  if (fn.type === 'FunctionDeclaration') return fn.id ? exportedStart(fn, parent) : null;
  if (parent?.type === 'MethodDefinition' || parent?.type === 'PropertyDefinition') return parent.start;
  if (parent?.type === 'VariableDeclarator') return variableStart(grandparent, outer);
  return parent !== undefined && isValueOf(parent, fn, grandparent) ? parent.start : null;
}

/** Whether `parent` is a property or a statement that gives the function a name. */
function isValueOf(parent: AnyNode, fn: AnyNode, grandparent: AnyNode | undefined): boolean {
  if (parent.type === 'Property') return grandparent?.type === 'ObjectExpression' && parent.value === fn;
  if (parent.type !== 'AssignmentExpression') return false;
  return grandparent?.type === 'ExpressionStatement' && parent.right === fn;
}

/** Null where the declaration has several variables. */
function variableStart(declaration: AnyNode | undefined, parent: AnyNode | undefined): number | null {
  if (declaration?.type !== 'VariableDeclaration' || declaration.declarations.length !== 1) return null;
  return parent?.type === 'ExportNamedDeclaration' ? parent.start : declaration.start;
}

function exportedStart(declaration: AnyNode, parent: AnyNode | undefined): number {
  const isExported = parent?.type === 'ExportNamedDeclaration' || parent?.type === 'ExportDefaultDeclaration';
  return isExported ? parent.start : declaration.start;
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

/** 1-based line of an offset. */
function lineOf(lineStarts: readonly number[], offset: number): number {
  return firstIndex(lineStarts, (start) => start > offset);
}
