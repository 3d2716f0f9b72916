/**
 * What the checks and edits have to know of a language beyond its grammar. One record a language; everything else is
 * shared. Types only.
 */
import type { CodeNode } from './code-tree.ts';

/** What an occurrence of a name does. `update` reads and writes at once, where nobody reads the result: `i++;`. */
export type NameAction = 'declare' | 'read' | 'write' | 'update';

/** One occurrence of a variable. Properties, labels, types and keywords of calls are no variables. */
export interface NameUse {
  readonly action: NameAction;
  /** Of a declaration: the node whose names it joins; null = those of the function around it. */
  readonly scope?: CodeNode | null;
  /** Of a declaration: where it begins to hold; null = everywhere in its scope, also before it. */
  readonly from?: number | null;
  readonly isParameter?: boolean;
}

export interface CodeSyntax {
  /** What a function is put between so that it parses: a method is no program of its own. Tried in this order. */
  readonly surroundings: readonly (readonly [string, string])[];
  /** Nodes that are functions, with their own variables. */
  readonly functions: ReadonlySet<string>;
  /** Nodes that are classes: a corpus may hold them whole. */
  readonly classes: ReadonlySet<string>;
  /** Other nodes with variables of their own. */
  readonly scopes: ReadonlySet<string>;
  /** Nodes whose children are statements that run one after the other. */
  readonly blocks: ReadonlySet<string>;
  /** Statements after which none of the same block runs: `return`. */
  readonly exits: ReadonlySet<string>;
  /** Statements without a meaning where they stand: declarations that hold everywhere, `;`. */
  readonly positionless: ReadonlySet<string>;
  /** Statements without statements inside: repeated one after the other, the second is suspicious. */
  readonly simpleStatements: ReadonlySet<string>;
  /** Node types of `if`, with fields `condition`, `consequence` and `alternative`. */
  readonly branches: ReadonlySet<string>;
  /** Names that are there without a declaration. */
  readonly builtIns: ReadonlySet<string>;
  /** Null where the node is no variable. */
  useOf(node: CodeNode): NameUse | null;
  /** Names that this node says are variables of an outer function or of the module (Python's `global`). */
  outerNames(node: CodeNode, text: string): readonly string[];
  /** The statement or block that runs where an `if` has none of its conditions; null = there is no `else`. */
  elseOf(branch: CodeNode): CodeNode | null;
  /** Operator and operands of an operation of two; null for other nodes. A chain such as `a < b < c` is none. */
  operationOf(node: CodeNode): Operation | null;
}

export interface Operation {
  readonly left: CodeNode;
  readonly operator: CodeNode;
  readonly right: CodeNode;
}
