/**
 * Syntax trees by tree-sitter. The grammars come as WebAssembly, so nothing is compiled on installation and every
 * machine parses alike. Loading is asynchronous and is done once a process; parsing is not.
 */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import type { Language as Grammar, Parser as TreeSitterParser, Query, Tree } from '@vscode/tree-sitter-wasm';

export type { Node as SyntaxNode, Query as SyntaxQuery, Tree as SyntaxTree } from '@vscode/tree-sitter-wasm';

/** Parses texts of one grammar. */
export interface CodeParser {
  readonly grammar: Grammar;
  /** The caller deletes the tree: it lies in the memory of WebAssembly, which no garbage collector sees. */
  parse(text: string): Tree;
  /** @param source Patterns of nodes. Compiled on first use. */
  query(source: string): Query;
}

const require = createRequire(import.meta.url);
const parsers = new Map<string, Promise<CodeParser>>();
let library: Promise<typeof import('@vscode/tree-sitter-wasm')> | null = null;

/** @param name As in the grammar's file name: `javascript`, `typescript`, `tsx`, `python`. */
export function openParser(name: string): Promise<CodeParser> {
  const known = parsers.get(name) ?? loadParser(name);
  parsers.set(name, known);
  return known;
}

async function loadParser(name: string): Promise<CodeParser> {
  library ??= loadLibrary();
  const { Language, Parser, Query: TreeSitterQuery } = await library;
  const grammar = await Language.load(readFileSync(path.join(grammarFolder(), `tree-sitter-${name}.wasm`)));
  const parser: TreeSitterParser = new Parser();
  parser.setLanguage(grammar);
  const queries = new Map<string, Query>();
  const query = (source: string): Query => {
    const compiled = queries.get(source) ?? new TreeSitterQuery(grammar, source);
    queries.set(source, compiled);
    return compiled;
  };
  return { grammar, query, parse: (text) => requireTree(parser.parse(text), name) };
}

async function loadLibrary(): Promise<typeof import('@vscode/tree-sitter-wasm')> {
  const loaded = (await import('@vscode/tree-sitter-wasm')) as unknown as {
    readonly default: typeof import('@vscode/tree-sitter-wasm');
  };
  await loaded.default.Parser.init();
  return loaded.default;
}

function grammarFolder(): string {
  return path.dirname(require.resolve('@vscode/tree-sitter-wasm'));
}

function requireTree(tree: Tree | null, name: string): Tree {
  if (tree === null) throw new Error(`tree-sitter gave no tree for a text of ${name}`);
  return tree;
}
