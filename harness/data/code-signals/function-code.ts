/** A function of a corpus, parsed: signature and body put together, and its node found in the tree. Types only. */
import type { CodeSyntax } from './code-syntax.ts';
import type { CodeNode } from './code-tree.ts';
import type { Variables } from './variables.ts';

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
