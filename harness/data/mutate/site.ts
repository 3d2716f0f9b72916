/**
 * What the edit rules know of a function: its nodes with their ancestors, its source text by node, and the names in it.
 */
import type { AnyNode, Function as FunctionNode, Pattern } from 'acorn';
import { fullAncestor } from 'acorn-walk';
import { isFunctionNode } from '../corpus/function-node.ts';
import type { Edit, Operator, Range } from './edit.ts';
import type { ParsedFunction } from './parse-function.ts';

/** A node and the nodes around it, nearest first. */
export interface Site {
  readonly node: AnyNode;
  readonly parent: AnyNode | null;
  readonly grandparent: AnyNode | null;
}

/** Each in order of appearance. */
interface FunctionNames {
  /** Parameters and variables declared anywhere inside. */
  readonly locals: readonly string[];
  /** Names called as functions. */
  readonly callees: readonly string[];
  /** Names of properties called as methods. */
  readonly methods: readonly string[];
  /** Names of properties read otherwise. */
  readonly properties: readonly string[];
  /** String literals, with their quotes. */
  readonly strings: readonly string[];
}

export interface FunctionSites extends FunctionNames {
  readonly sites: readonly Site[];
  readonly body: string;
  readonly isAsync: boolean;
  text(node: AnyNode): string;
  /** Position in the body. */
  at(position: number): number;
  replace(operator: Operator, node: Range, replacement: string): Edit;
}

export function findSites(fn: ParsedFunction): FunctionSites {
  const sites = sitesIn(fn.node);
  const at = (position: number): number => position - fn.bodyStart;
  return {
    sites,
    body: fn.body,
    isAsync: fn.node.async,
    ...namesIn(fn.node, sites),
    text: (node) => fn.body.slice(at(node.start), at(node.end)),
    at,
    replace: (operator, node, replacement) => ({ operator, start: at(node.start), end: at(node.end), replacement }),
  };
}

/** Two nodes change places; what lies between them stays. */
export function swapEdit(sites: FunctionSites, operator: Operator, first: AnyNode, second: AnyNode): Edit {
  const between = sites.body.slice(sites.at(first.end), sites.at(second.start));
  const range = { start: first.start, end: second.end };
  return sites.replace(operator, range, sites.text(second) + between + sites.text(first));
}

function sitesIn(fn: FunctionNode): Site[] {
  const sites: Site[] = [];
  fullAncestor(fn.body, (node, _state, ancestors) => {
    sites.push({
      node: node as AnyNode,
      parent: (ancestors.at(-2) as AnyNode | undefined) ?? null,
      grandparent: (ancestors.at(-3) as AnyNode | undefined) ?? null,
    });
  });
  return sites;
}

function namesIn(fn: FunctionNode, sites: readonly Site[]): FunctionNames {
  const called = sites.filter(isCallee);
  const read = sites.filter((site) => !isCallee(site));
  return {
    locals: unique([...declaredIn(fn), ...sites.flatMap(({ node }) => declaredBy(node))]),
    callees: unique(called.flatMap(({ node }) => (node.type === 'Identifier' ? [node.name] : []))),
    methods: unique(called.flatMap(({ node }) => propertyName(node))),
    properties: unique(read.flatMap(({ node }) => propertyName(node))),
    strings: unique(sites.flatMap(stringLiteral)),
  };
}

/** `['text']`, quotes included; nothing for a directive such as `'use strict'`. */
function stringLiteral({ node, parent }: Site): string[] {
  return isString(node) && parent?.type !== 'ExpressionStatement' ? [node.raw ?? ''] : [];
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
  return isFunctionNode(node) ? declaredIn(node) : [];
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
