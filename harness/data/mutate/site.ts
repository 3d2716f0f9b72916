/**
 * What the edit rules know of a function: its nodes with their ancestors, its source text by node, and the names in it.
 */
import type { AnyNode, Function as FunctionNode, Pattern } from 'acorn';
import { fullAncestor } from 'acorn-walk';
import type { Edit, Operator } from './edit.ts';
import type { ParsedFunction } from './parse-function.ts';

/** A node and the nodes around it, nearest first. */
export interface Site {
  readonly node: AnyNode;
  readonly parent: AnyNode | null;
  readonly grandparent: AnyNode | null;
}

export interface FunctionSites {
  readonly sites: readonly Site[];
  readonly body: string;
  readonly isAsync: boolean;
  /** Parameters and variables declared anywhere inside. */
  readonly locals: readonly string[];
  /**
   * Names called as functions; names of properties called as methods; names of properties read otherwise; string
   * literals. In order of appearance.
   */
  readonly callees: readonly string[];
  readonly methods: readonly string[];
  readonly properties: readonly string[];
  readonly strings: readonly string[];
  text(node: AnyNode): string;
  /** Position in the body. */
  at(position: number): number;
  replace(operator: Operator, node: { start: number; end: number }, replacement: string): Edit;
}

export function findSites(fn: ParsedFunction): FunctionSites {
  const sites: Site[] = [];
  fullAncestor(fn.node.body, (node, _state, ancestors) => {
    sites.push({
      node: node as AnyNode,
      parent: (ancestors.at(-2) as AnyNode | undefined) ?? null,
      grandparent: (ancestors.at(-3) as AnyNode | undefined) ?? null,
    });
  });
  const at = (position: number): number => position - fn.bodyStart;
  return {
    sites,
    body: fn.body,
    isAsync: fn.node.async,
    locals: unique([...declaredIn(fn.node), ...sites.flatMap(({ node }) => declaredBy(node))]),
    callees: unique(
      sites.flatMap((site) => (site.node.type === 'Identifier' && isCallee(site) ? [site.node.name] : [])),
    ),
    methods: unique(sites.flatMap((site) => (isCallee(site) ? propertyName(site.node) : []))),
    properties: unique(sites.flatMap((site) => (isCallee(site) ? [] : propertyName(site.node)))),
    strings: unique(
      sites.flatMap(({ node, parent }) =>
        isString(node) && parent?.type !== 'ExpressionStatement' ? [node.raw ?? ''] : [],
      ),
    ),
    text: (node) => fn.body.slice(at(node.start), at(node.end)),
    at,
    replace: (operator, node, replacement) => ({ operator, start: at(node.start), end: at(node.end), replacement }),
  };
}

export function isCallee({ node, parent }: Site): boolean {
  return (parent?.type === 'CallExpression' || parent?.type === 'NewExpression') && parent.callee === node;
}

export function isString(node: AnyNode): node is Extract<AnyNode, { type: 'Literal' }> {
  return node.type === 'Literal' && typeof node.value === 'string';
}

/** `[name]` of a plain `object.name`, otherwise nothing. */
export function propertyName(node: AnyNode): string[] {
  return node.type === 'MemberExpression' && !node.computed && node.property.type === 'Identifier'
    ? [node.property.name]
    : [];
}

/** A name, a member or a call: short enough to be combined with operators without parentheses. */
export function isSimple(node: AnyNode): boolean {
  return (
    node.type === 'Identifier' ||
    node.type === 'MemberExpression' ||
    node.type === 'CallExpression' ||
    node.type === 'ThisExpression'
  );
}

/** Where the value of a node decides a branch. */
export function isCondition({ node, parent }: Site): boolean {
  if (parent === null) return false;
  if (
    parent.type === 'IfStatement' ||
    parent.type === 'ConditionalExpression' ||
    parent.type === 'WhileStatement' ||
    parent.type === 'DoWhileStatement'
  )
    return parent.test === node;
  return parent.type === 'LogicalExpression' && parent.operator !== '??';
}

function declaredBy(node: AnyNode): string[] {
  if (node.type === 'VariableDeclarator') return patternNames(node.id);
  if (
    node.type === 'FunctionDeclaration' ||
    node.type === 'FunctionExpression' ||
    node.type === 'ArrowFunctionExpression'
  )
    return declaredIn(node as FunctionNode);
  return [];
}

function declaredIn(fn: FunctionNode): string[] {
  return fn.params.flatMap(patternNames);
}

function patternNames(pattern: Pattern): string[] {
  switch (pattern.type) {
    case 'Identifier':
      return [pattern.name];
    case 'ObjectPattern':
      return pattern.properties.flatMap((property) =>
        patternNames(property.type === 'RestElement' ? property.argument : property.value),
      );
    case 'ArrayPattern':
      return pattern.elements.flatMap((element) => (element === null ? [] : patternNames(element)));
    case 'RestElement':
      return patternNames(pattern.argument);
    case 'AssignmentPattern':
      return patternNames(pattern.left);
    default:
      return [];
  }
}

function unique<T>(items: readonly T[]): T[] {
  return [...new Set(items)];
}
