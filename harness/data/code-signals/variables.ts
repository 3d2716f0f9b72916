/** The variables of a function: where each is declared, read and written, and which names come from outside. */
import type { CodeSyntax, NameAction } from './code-syntax.ts';
import { nodesBelow, type CodeNode } from './code-tree.ts';

export interface Occurrence {
  readonly node: CodeNode;
  readonly name: string;
  readonly action: NameAction;
  /** Null = nothing inside the function declares it where it stands. */
  readonly variable: Variable | null;
}

export interface Variable {
  readonly name: string;
  /** The node in which it holds. */
  readonly scope: CodeNode;
  readonly isParameter: boolean;
  /** Where it first holds; null = everywhere in its scope. */
  readonly from: number | null;
  readonly occurrences: Occurrence[];
}

export interface Variables {
  readonly all: readonly Variable[];
  /** In source order. */
  readonly occurrences: readonly Occurrence[];
  /** The variables that can be used at a node, inner ones first. A variable that begins to hold later is left out. */
  visibleAt(node: CodeNode): readonly Variable[];
}

type Scopes = Map<CodeNode, Map<string, Variable>>;

/** @param fn The node of the function, with its parameters. */
export function findVariables(fn: CodeNode, syntax: CodeSyntax, text: string): Variables {
  const nodes = nodesBelow(fn);
  const scopes = declare(fn, nodes, syntax, text);
  const occurrences: Occurrence[] = [];
  for (const node of nodes) {
    const use = syntax.useOf(node);
    // The name of the function itself belongs to what is around it.
    if (use === null || (node.parent === fn && node.field === 'name')) continue;
    const name = text.slice(node.start, node.end);
    const variable = resolve(scopes, use.action === 'declare' ? (use.scope ?? fn) : node, fn, name);
    const occurrence: Occurrence = { node, name, action: use.action, variable };
    occurrences.push(occurrence);
    variable?.occurrences.push(occurrence);
  }
  return {
    all: [...scopes.values()].flatMap((names) => [...names.values()]),
    occurrences,
    visibleAt: (node) => visibleAt(scopes, fn, node, syntax),
  };
}

function declare(fn: CodeNode, nodes: readonly CodeNode[], syntax: CodeSyntax, text: string): Scopes {
  const scopes: Scopes = new Map();
  const outer = new Set(nodes.flatMap((node) => syntax.outerNames(node, text)));
  for (const node of nodes) {
    const use = syntax.useOf(node);
    if (use?.action !== 'declare' || (node.parent === fn && node.field === 'name')) continue;
    const name = text.slice(node.start, node.end);
    if (outer.has(name)) continue;
    const scope = isWithin(use.scope ?? fn, fn) ? (use.scope ?? fn) : fn;
    const names = scopes.get(scope) ?? new Map<string, Variable>();
    scopes.set(scope, names);
    const [known, from] = [names.get(name), use.from ?? null];
    if (known === undefined || isEarlier(from, known.from))
      names.set(name, { name, scope, isParameter: use.isParameter ?? false, from, occurrences: [] });
  }
  return scopes;
}

function isEarlier(a: number | null, b: number | null): boolean {
  return b !== null && (a === null || a < b);
}

function isWithin(node: CodeNode, outer: CodeNode): boolean {
  for (let at: CodeNode | null = node; at !== null; at = at.parent) if (at === outer) return true;
  return false;
}

function resolve(scopes: Scopes, from: CodeNode, fn: CodeNode, name: string): Variable | null {
  for (let node: CodeNode | null = from; node !== null; node = node.parent) {
    const found = scopes.get(node)?.get(name);
    if (found !== undefined) return found;
    if (node === fn) return null;
  }
  return null;
}

function visibleAt(scopes: Scopes, fn: CodeNode, at: CodeNode, syntax: CodeSyntax): readonly Variable[] {
  const visible = new Map<string, Variable>();
  let isSameFunction = true;
  for (let node: CodeNode | null = at; node !== null; node = node.parent) {
    for (const variable of scopes.get(node)?.values() ?? []) {
      // What an inner function reads may be declared behind it.
      const holds = variable.from === null || variable.from <= at.start || !isSameFunction;
      if (holds && !visible.has(variable.name)) visible.set(variable.name, variable);
    }
    if (node === fn) break;
    if (syntax.functions.has(node.type)) isSameFunction = false;
  }
  return [...visible.values()];
}

/** Names that are read but nowhere declared where they stand, each once. */
export function freeNames({ occurrences }: Variables): readonly string[] {
  return [...new Set(occurrences.filter(({ variable }) => variable === null).map(({ name }) => name))];
}

/**
 * Occurrences before the variable holds, in the same function: JavaScript and Python throw there.
 * @param start Where the body begins: what the signature says is evaluated outside.
 */
export function usedBeforeDeclared(
  { occurrences }: Variables,
  syntax: CodeSyntax,
  start: number,
): readonly Occurrence[] {
  return occurrences.filter(({ node, action, variable }) => {
    if (variable === null || variable.from === null || action === 'declare' || node.start < start) return false;
    return node.start < variable.from && !crossesFunction(node, variable.scope, syntax);
  });
}

function crossesFunction(node: CodeNode, scope: CodeNode, syntax: CodeSyntax): boolean {
  for (let at: CodeNode | null = node; at !== null && at !== scope; at = at.parent)
    if (syntax.functions.has(at.type)) return true;
  return false;
}

/** Variables that nothing reads. A name that starts with `_` is unused on purpose; one of a class is its member. */
export function unusedVariables({ all }: Variables, { classes }: CodeSyntax): readonly Variable[] {
  return all.filter(({ name, scope, occurrences }) => {
    const isRead = occurrences.some(({ action }) => action === 'read');
    return !isRead && !name.startsWith('_') && !classes.has(scope.type);
  });
}
