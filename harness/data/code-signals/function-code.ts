/** A function of a corpus, parsed: signature and body put together, and its node found in the tree. */
import { openParser, type CodeParser } from '../language/grammars.ts';
import type { CodeSyntax } from './code-syntax.ts';
import { enclosing, readTree, type CodeNode } from './code-tree.ts';
import { javascriptSyntax, typescriptSyntax } from './javascript-syntax.ts';
import { pythonSyntax } from './python-syntax.ts';
import { findVariables, type Variables } from './variables.ts';

export interface FunctionCode {
  /** What was parsed: what surrounds the function, the signature, the body. */
  readonly text: string;
  /** Where the body begins in `text`, and where it ends. */
  readonly bodyStart: number;
  readonly bodyEnd: number;
  /** The node of the function or class, and the node of its body. */
  readonly fn: CodeNode;
  readonly block: CodeNode;
  readonly variables: Variables;
  readonly syntax: CodeSyntax;
}

export interface CodeReader {
  readonly syntax: CodeSyntax;
  /** Null where the function does not parse. */
  read(signature: string, body: string): FunctionCode | null;
}

const syntaxes: Readonly<Record<string, CodeSyntax>> = {
  javascript: javascriptSyntax,
  typescript: typescriptSyntax,
  python: pythonSyntax,
};

const readers = new Map<string, Promise<CodeReader>>();

/** Null for a language that is not known. Loads its grammar when it is first asked for. */
export async function openCode(language: string): Promise<CodeReader | null> {
  const syntax = Object.hasOwn(syntaxes, language) ? syntaxes[language] : undefined;
  if (syntax === undefined) return null;
  const known = readers.get(language) ?? openReader(syntax);
  readers.set(language, known);
  return known;
}

async function openReader(syntax: CodeSyntax): Promise<CodeReader> {
  const parsers = await Promise.all(syntax.grammars.map((grammar) => openParser(grammar)));
  return { syntax, read: (signature, body) => readFunction(signature, body, parsers, syntax) };
}

function readFunction(
  signature: string,
  body: string,
  parsers: readonly CodeParser[],
  syntax: CodeSyntax,
): FunctionCode | null {
  for (const [before, after] of syntax.surroundings) {
    const text = before + signature + body + after;
    const bodyStart = before.length + signature.length;
    for (const parser of parsers) {
      const root = readTree(parser, text);
      const found = root === null ? null : findFunction(root, bodyStart, syntax);
      if (found !== null)
        return {
          text,
          bodyStart,
          bodyEnd: bodyStart + body.length,
          ...found,
          variables: findVariables(found.fn, syntax, text),
          syntax,
        };
    }
  }
  return null;
}

/** The function or class whose signature ends where the body begins: its block opens there, with `{` or behind a `:`. */
function findFunction(
  root: CodeNode,
  bodyStart: number,
  { functions, classes }: CodeSyntax,
): { readonly fn: CodeNode; readonly block: CodeNode } | null {
  const opening = leafAt(root, bodyStart - 1);
  const fn = opening === null ? null : enclosing(opening, ({ type }) => functions.has(type) || classes.has(type));
  const block = fn?.children.find(({ field }) => field === 'body') ?? null;
  if (fn === null || block === null) return null;
  return block.start === bodyStart - 1 || opening?.parent === fn ? { fn, block } : null;
}

function leafAt(root: CodeNode, offset: number): CodeNode | null {
  let node = root;
  for (;;) {
    const inner = node.children.find(({ start, end }) => start <= offset && offset < end);
    if (inner === undefined) return node.children.length === 0 ? node : null;
    node = inner;
  }
}
