/** Edits of structure: operands, arguments, branches and returns that are dropped, added or swapped. */
import type { AnyNode, BinaryExpression, LogicalExpression } from 'acorn';
import type { Edit, Range } from './edit.ts';
import { operatorRange } from './operator-edits.ts';
import { isCondition, isSimple, swapEdit, type FunctionSites, type Site } from './site.ts';

export function structureEdits(sites: FunctionSites): Edit[] {
  return sites.sites.flatMap((site) => [
    ...operandEdits(sites, site),
    ...addedOperands(sites, site),
    ...argumentEdits(sites, site),
    ...jumpEdits(sites, site),
    ...branchEdits(sites, site),
    ...returnEdits(sites, site),
  ]);
}

const orderMatters = new Set(['-', '/', '%', '<', '>', '<=', '>=', '<<', '>>', '>>>', '**']);

function operandEdits(sites: FunctionSites, { node }: Site): Edit[] {
  if (node.type !== 'BinaryExpression' && node.type !== 'LogicalExpression') return [];
  const [left, right] = operandTexts(sites, node);
  const edits = isEitherDroppable(node)
    ? [left, right].map((kept) => sites.replace('dropped operand', node, kept))
    : [];
  if (orderMatters.has(node.operator) && left !== right)
    edits.push(sites.replace('swapped operands', node, `${right} ${node.operator} ${left}`));
  return edits;
}

function isEitherDroppable({ type, operator }: BinaryExpression | LogicalExpression): boolean {
  return type === 'LogicalExpression' || /^[-+*/%&|]$/.test(operator);
}

/** What stands on either side of the operator: the operands with their parentheses, which are not in their nodes. */
function operandTexts(sites: FunctionSites, node: BinaryExpression | LogicalExpression): [string, string] {
  const range = operatorRange(sites, node.left, node.operator);
  const left = sites.body.slice(sites.at(node.start), range.start);
  const right = sites.body.slice(range.end, sites.at(node.end));
  return [left.trim(), right.trim()];
}

/** A condition gets a second one, made of another condition of the function or of a local name. */
function addedOperands(sites: FunctionSites, site: Site): Edit[] {
  const { node, parent } = site;
  if (!isSimple(node) || !(isCondition(site) || parent?.type === 'ReturnStatement')) return [];
  const own = sites.text(node);
  const others = shortConditions(sites).filter((text) => text !== own);
  return others.flatMap((other) =>
    ['&&', '||'].map((operator) => sites.replace('added operand', node, `${own} ${operator} ${other}`)),
  );
}

/** What could stand in a condition: the simple conditions of the function, and its local names. */
function shortConditions(sites: FunctionSites): string[] {
  const conditions = sites.sites.filter((site) => isSimple(site.node) && isCondition(site));
  const texts = new Set([...conditions.map(({ node }) => sites.text(node)), ...sites.locals]);
  return [...texts].filter((text) => !text.includes('\n') && text.length <= 40);
}

function argumentEdits(sites: FunctionSites, { node }: Site): Edit[] {
  if (node.type !== 'CallExpression' && node.type !== 'NewExpression') return [];
  const swaps = swappedArguments(sites, node.arguments);
  // A list over several lines keeps its length: a line more or less in it would show.
  const behindCallee = sites.text(node).slice(sites.text(node.callee).length);
  if (node.arguments.length > 0 && behindCallee.includes('\n')) return swaps;
  return [...swaps, ...droppedArguments(sites, node.arguments), ...addedArguments(sites, node.end, node.arguments)];
}

function swappedArguments(sites: FunctionSites, list: readonly AnyNode[]): Edit[] {
  return list.flatMap((argument, index) => {
    const next = list[index + 1];
    if (next === undefined || sites.text(argument) === sites.text(next)) return [];
    return [swapEdit(sites, 'swapped arguments', argument, next)];
  });
}

function droppedArguments(sites: FunctionSites, list: readonly AnyNode[]): Edit[] {
  return list.map((_, index) => ({
    operator: 'dropped argument',
    ...argumentWithComma(sites, list, index),
    replacement: '',
  }));
}

/** A local name in front of the others and behind them. */
function addedArguments(sites: FunctionSites, callEnd: number, list: readonly AnyNode[]): Edit[] {
  const [first, last] = [list[0], list.at(-1)];
  if (first === undefined || last === undefined) return onlyArguments(sites, sites.at(callEnd) - 1);
  const taken = new Set(list.map((argument) => sites.text(argument)));
  const names = sites.locals.filter((name) => !taken.has(name));
  return names.flatMap((name) => [
    insertArgument(sites.at(last.end), `, ${name}`),
    insertArgument(sites.at(first.start), `${name}, `),
  ]);
}

/** A local name alone between empty parentheses, of which the second is at `close`, spaced as the function does it. */
function onlyArguments(sites: FunctionSites, close: number): Edit[] {
  if (sites.body.slice(close - 1, close + 1) !== '()') return [];
  const space = /\( \S/.test(sites.body) ? ' ' : '';
  return sites.locals.map((name) => insertArgument(close, space + name + space));
}

function insertArgument(position: number, replacement: string): Edit {
  return { operator: 'added argument', start: position, end: position, replacement };
}

/**
 * An argument with the comma behind it, or before it for the last one; an only argument with the spaces around it.
 * Positions in the body.
 */
function argumentWithComma(sites: FunctionSites, list: readonly AnyNode[], index: number): Range {
  const argument = list[index] as AnyNode;
  const [start, end] = [sites.at(argument.start), sites.at(argument.end)];
  const [previous, next] = [list[index - 1], list[index + 1]];
  if (next !== undefined) return { start, end: sites.at(next.start) };
  if (previous !== undefined) return { start: sites.at(previous.end), end };
  return withSpacesAround(sites.body, { start, end });
}

function withSpacesAround(body: string, { start, end }: Range): Range {
  const before = /[ \t]*$/.exec(body.slice(0, start))?.[0].length ?? 0;
  const after = /^[ \t]*/.exec(body.slice(end))?.[0].length ?? 0;
  return { start: start - before, end: end + after };
}

function jumpEdits(sites: FunctionSites, { node }: Site): Edit[] {
  if ((node.type !== 'BreakStatement' && node.type !== 'ContinueStatement') || node.label != null) return [];
  const [from, to] =
    node.type === 'BreakStatement' ? (['break', 'continue'] as const) : (['continue', 'break'] as const);
  return [sites.replace('jump', node, sites.text(node).replace(from, to))];
}

function branchEdits(sites: FunctionSites, { node }: Site): Edit[] {
  if (node.type !== 'IfStatement' && node.type !== 'ConditionalExpression') return [];
  const { consequent, alternate } = node;
  if (alternate == null || alternate.type === 'IfStatement') return [];
  if (sites.text(consequent) === sites.text(alternate)) return [];
  return [swapEdit(sites, 'swapped branches', consequent, alternate)];
}

function returnEdits(sites: FunctionSites, { node }: Site): Edit[] {
  if (node.type === 'ReturnStatement' && node.argument?.type === 'CallExpression')
    return [sites.replace('dropped return', node, sites.body.slice(sites.at(node.argument.start), sites.at(node.end)))];
  if (
    node.type === 'ExpressionStatement' &&
    node.expression.type === 'CallExpression' &&
    node.expression.callee.type !== 'Super'
  )
    return [sites.replace('added return', node, `return ${sites.text(node)}`)];
  return [];
}
