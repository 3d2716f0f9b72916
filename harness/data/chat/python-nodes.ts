/**
 * Rewrites the syntax tree of a template where the engine would work as JavaScript does: `text.strip('x')` and
 * `text | trim` become calls of our functions, and what is printed is marked as such.
 */
import type { Node } from './jinja.ts';
import { textFilters, textMethods } from './python-text.ts';

/** A printed expression: its text is Python's. */
export interface Output extends Node {
  readonly printed: Node;
}

/** For the environment of a template. Their names have a blank in them, as no name of a template has. */
export const pythonFunctions = { ...named('method', textMethods), ...named('filter', textFilters) };

function named<Value>(sort: string, values: Readonly<Record<string, Value>>): Readonly<Record<string, Value>> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [`${sort} ${name}`, value]));
}

/** Changes the tree in place, from the leaves up. */
export function callPython(tree: unknown): void {
  if (typeof tree !== 'object' || tree === null) return;
  for (const part of Object.values(tree)) callPython(part);
  const node = tree as Node;
  if (node.type === 'CallExpression') callMethod(node);
  if (node.type === 'FilterExpression') callFilter(node);
  for (const statements of blocksOf(tree)) markOutputs(statements);
}

function callMethod(node: Node): void {
  const { callee, args = [] } = node;
  if (callee?.type !== 'MemberExpression' || callee.computed === true) return;
  const { object, property } = callee;
  if (object !== undefined) becomeCall(node, `method ${String(property?.value)}`, [object, ...args]);
}

function callFilter(node: Node): void {
  const { operand, filter } = node;
  const isCall = filter?.type === 'CallExpression';
  const name = String((isCall ? filter.callee : filter)?.value);
  const args = (isCall ? filter.args : undefined) ?? [];
  if (operand !== undefined) becomeCall(node, `filter ${name}`, [operand, ...args]);
}

function becomeCall(node: Node, name: string, args: Node[]): void {
  if (!Object.hasOwn(pythonFunctions, name)) return;
  node.type = 'CallExpression';
  node.callee = { type: 'Identifier', value: name };
  node.args = args;
}

/** The lists of statements of a node. */
function blocksOf(node: object): readonly Node[][] {
  const { body, alternate, defaultBlock } = node as Readonly<Record<string, unknown>>;
  return [body, alternate, defaultBlock].filter((block): block is Node[] => Array.isArray(block));
}

/** Literal text is text already. */
const notPrinted = new Set([
  'If',
  'For',
  'Break',
  'Continue',
  'Set',
  'Macro',
  'CallStatement',
  'FilterStatement',
  'Comment',
  'StringLiteral',
  'Output',
]);

function markOutputs(statements: Node[]): void {
  for (const [index, printed] of statements.entries())
    if (!notPrinted.has(printed.type)) statements[index] = { type: 'Output', printed } as Output;
}
