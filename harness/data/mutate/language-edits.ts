/** What the edits have to know of a language. The rules are shared; a language says where they apply. Types only. */
import type { CodeNode } from '../code-signals/code-tree.ts';
import type { FunctionCode } from '../code-signals/function-code.ts';
import type { Occurrence, Variable } from '../code-signals/variables.ts';
import type { Edit, Range } from './edit.ts';

/** Mistakes of one sort. */
export interface Rule {
  /** How often it is drawn, relative to the others, where a function has places for it. */
  readonly weight: number;
  /** The edits of this sort at one node. */
  editsAt(node: CodeNode, site: EditSite): readonly Edit[];
}

export interface LanguageEdits {
  readonly nodes: EditNodes;
  readonly rules: readonly Rule[];
  /** Names that people mix up, each pair in both directions. */
  readonly opposites: readonly (readonly [string, string])[];
  /** Operator -> what people write in its place. */
  readonly operators: Readonly<Record<string, readonly OperatorSwaps[]>>;
  /** Calls that only tell a person something: no edit inside them, and none drops them. */
  readonly logging: RegExp;
  /** Calls whose arguments may change places without effect. */
  readonly symmetric: ReadonlySet<string>;
  /** Calls that work with fewer arguments, but do something else. */
  readonly optionalArguments: ReadonlySet<string>;
}

export interface OperatorSwaps {
  readonly kind: 'boundary' | 'direction' | 'equality' | 'logical' | 'arithmetic' | 'accumulation';
  readonly others: readonly string[];
}

/** Node types and words of a grammar. */
export interface EditNodes {
  readonly calls: ReadonlySet<string>;
  /** Fields of a call that hold what is called. */
  readonly callees: ReadonlySet<string>;
  readonly argumentLists: ReadonlySet<string>;
  /** `a.b`: its type, and its field of `b`; that of `a` is `object`. */
  readonly member: { readonly type: string; readonly property: string };
  /** `a[b]`, and the field of `b`. */
  readonly subscript: { readonly type: string; readonly index: string };
  /** Whole numbers, as text. */
  readonly numbers: ReadonlySet<string>;
  readonly strings: ReadonlySet<string>;
  readonly booleans: Readonly<Record<string, string>>;
  /** `!a`, `not a`. */
  readonly negations: ReadonlySet<string>;
  /** With the blank that it needs. */
  readonly negation: string;
  /** The object that a method belongs to: `this`, `self`. */
  readonly self: string;
  /** What is called an empty list and an empty map. */
  readonly lists: ReadonlySet<string>;
  readonly maps: ReadonlySet<string>;
  /** `key: value`, `key=value`. */
  readonly entries: ReadonlySet<string>;
  readonly loops: ReadonlySet<string>;
  readonly awaits: ReadonlySet<string>;
  readonly returns: string;
  /** Nodes without edits inside: what is thrown, types, imports. */
  readonly untouched: ReadonlySet<string>;
  /** The branches of `a ? b : c`; null for other nodes. */
  armsOf(node: CodeNode): readonly [CodeNode, CodeNode] | null;
  /** Whether the value of the node decides what runs. */
  isCondition(node: CodeNode): boolean;
}

/** How a variable is used, as far as its places tell. `object:name` is an object with that member. */
export type Role = 'number' | 'list' | 'called' | 'condition' | 'object' | `object:${string}`;

/** One function as the rules see it: where edits may be made, which names there are, and how they are used. */
export interface EditSite {
  readonly code: FunctionCode;
  readonly edits: LanguageEdits;
  /** Nodes in which edits may be made, in source order. */
  readonly nodes: readonly CodeNode[];
  /** How each variable is used. */
  readonly roles: ReadonlyMap<Variable, ReadonlySet<Role>>;
  /** Where a node is a variable. */
  readonly occurrences: ReadonlyMap<CodeNode, Occurrence>;
  /** Members of one object, by the text of the object: `a.b`, `a.c()`. */
  readonly members: ReadonlyMap<string, readonly CodeNode[]>;
  /** Names called as functions, with the nodes of the calls. */
  readonly calls: ReadonlyMap<string, readonly CodeNode[]>;
  text(node: Range): string;
}
