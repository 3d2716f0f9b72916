/** Parses functions of a corpus, each by itself. */
import { openParser, type CodeParser } from '../language/grammars.ts';
import type { Language } from '../language/language.ts';
import { languageNamed } from '../language/languages.ts';
import type { CodeSyntax } from './code-syntax.ts';
import { enclosing, readTree, type CodeNode } from './code-tree.ts';
import type { CodeReader, FunctionCode } from './function-code.ts';
import { findVariables } from './variables.ts';

const readers = new Map<string, Promise<CodeReader>>();

/** Null for a language that is not known. Loads its grammar when it is first asked for. */
export async function openCode(language: string): Promise<CodeReader | null> {
  const record = languageNamed(language);
  if (record === null) return null;
  const known = readers.get(language) ?? openReader(record);
  readers.set(language, known);
  return known;
}

async function openReader({ grammars, syntax }: Language): Promise<CodeReader> {
  // A function of a language with several grammars does not say which of them it was cut with.
  const names = [...new Set(Object.values(grammars))];
  const parsers = await Promise.all(names.map((name) => openParser(name)));
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

/** The function or class whose signature ends where the body begins: its block opens there, with `{` or `:`. */
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
