/**
 * The syntax tree of one text as plain objects. Tree-sitter's nodes live in WebAssembly, where every question costs a
 * call; one walk with a cursor copies what the checks and edits ask for.
 */
import type { CodeParser, SyntaxNode } from '../language/grammars.ts';

export interface CodeNode {
  /** As in the grammar: `binary_expression`, `identifier`; a sign or keyword is its own type: `+`, `return`. */
  readonly type: string;
  /** Whether the grammar names it; signs and keywords are not. */
  readonly isNamed: boolean;
  /** Name of the field that it fills in its parent; null = none. */
  readonly field: string | null;
  /** UTF-16 offsets in the text. */
  readonly start: number;
  readonly end: number;
  readonly parent: CodeNode | null;
  /** Signs, keywords and comments included. */
  readonly children: readonly CodeNode[];
}

/** Null where the text does not parse without an error. */
export function readTree(parser: CodeParser, text: string): CodeNode | null {
  const tree = parser.parse(text);
  try {
    return tree.rootNode.hasError ? null : copyTree(tree.rootNode);
  } finally {
    tree.delete();
  }
}

function copyTree(root: SyntaxNode): CodeNode {
  const cursor = root.walk();
  const copy = (parent: CodeNode | null): CodeNode => {
    const children: CodeNode[] = [];
    const node: CodeNode = {
      type: cursor.nodeType,
      isNamed: cursor.nodeIsNamed,
      field: cursor.currentFieldName,
      start: cursor.startIndex,
      end: cursor.endIndex,
      parent,
      children,
    };
    if (cursor.gotoFirstChild()) {
      do children.push(copy(node));
      while (cursor.gotoNextSibling());
      cursor.gotoParent();
    }
    return node;
  };
  const copied = copy(null);
  cursor.delete();
  return copied;
}

export function isComment(node: CodeNode): boolean {
  return node.type === 'comment' || node.type === 'html_comment' || node.type === 'hash_bang_line';
}

/** The children that the grammar names, without comments. */
export function namedChildren(node: CodeNode): readonly CodeNode[] {
  return node.children.filter((child) => child.isNamed && !isComment(child));
}

export function fieldOf(node: CodeNode, field: string): CodeNode | null {
  return node.children.find((child) => child.field === field) ?? null;
}

/** The node and all nodes below it, in source order. */
export function nodesBelow(node: CodeNode): readonly CodeNode[] {
  const nodes: CodeNode[] = [];
  const visit = (current: CodeNode): void => {
    nodes.push(current);
    current.children.forEach(visit);
  };
  visit(node);
  return nodes;
}

/** The nodes without children, in source order: the tokens of the text. */
export function leavesOf(node: CodeNode): readonly CodeNode[] {
  const leaves: CodeNode[] = [];
  const visit = (current: CodeNode): void => {
    if (current.children.length > 0) current.children.forEach(visit);
    else if (current.end > current.start) leaves.push(current);
  };
  visit(node);
  return leaves;
}

/** The nearest node around this one for which `isWanted` holds; null = none. */
export function enclosing(node: CodeNode, isWanted: (node: CodeNode) => boolean): CodeNode | null {
  for (let outer = node.parent; outer !== null; outer = outer.parent) if (isWanted(outer)) return outer;
  return null;
}
