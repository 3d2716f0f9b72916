/**
 * Edits of whole statements: dropped, repeated elsewhere, or in the wrong order. They take and leave whole lines, so
 * the layout stays clean.
 */
import type { AnyNode } from 'acorn';
import type { Edit, Range } from './edit.ts';
import { swapEdit, type FunctionSites } from './site.ts';

export function statementEdits(sites: FunctionSites, functionBlock: AnyNode): Edit[] {
  const lists = [functionBlock, ...sites.sites.map(({ node }) => node)].flatMap(statementsOf);
  const all = lists.flat();
  const copies = [
    ...new Set(all.filter((statement) => isWorthRepeating(sites, statement)).map((statement) => sites.text(statement))),
  ];
  return lists.flatMap((list) => [
    ...droppedStatements(sites, list),
    ...swappedStatements(sites, list),
    ...addedStatements(sites, list, copies),
  ]);
}

function statementsOf(node: AnyNode): AnyNode[][] {
  if (node.type === 'BlockStatement') return [node.body];
  return node.type === 'SwitchCase' ? [node.consequent] : [];
}

/** The only statement of a block stays: an empty block would give the edit away. */
function droppedStatements(sites: FunctionSites, list: readonly AnyNode[]): Edit[] {
  if (list.length < 2) return [];
  return list
    .filter(isDroppable)
    .map((statement) => ({ operator: 'dropped statement' as const, ...wholeLines(sites, statement), replacement: '' }));
}

function isDroppable(statement: AnyNode): boolean {
  if (statement.type === 'ExpressionStatement') return !isDirective(statement);
  return (
    statement.type === 'IfStatement' ||
    statement.type === 'ReturnStatement' ||
    statement.type === 'ThrowStatement' ||
    statement.type === 'BreakStatement' ||
    statement.type === 'ContinueStatement' ||
    statement.type === 'ForStatement' ||
    statement.type === 'ForOfStatement'
  );
}

/** E.g. `'use strict'`. */
function isDirective(statement: AnyNode): boolean {
  return statement.type === 'ExpressionStatement' && statement.directive !== undefined;
}

/**
 * From the start of the statement's first line to the start of the line behind it, where nothing else stands on these
 * lines; with the blank line behind it, if there is one before it too (or the block begins there).
 */
function wholeLines(sites: FunctionSites, statement: AnyNode): Range {
  const [start, end] = [sites.at(statement.start), sites.at(statement.end)];
  const indent = indentOf(sites, statement);
  const lineEnd = sites.body.indexOf('\n', end);
  const isAlone = indent !== null && lineEnd !== -1 && sites.body.slice(end, lineEnd).trim() === '';
  if (!isAlone) return { start, end };
  const lineStart = start - indent.length;
  return { start: lineStart, end: lineEnd + (isBlankAround(sites.body, lineStart, lineEnd) ? 2 : 1) };
}

/** The white space before a statement; null where something else stands before it on its line. */
function indentOf(sites: FunctionSites, statement: AnyNode): string | null {
  const start = sites.at(statement.start);
  const lineStart = sites.body.lastIndexOf('\n', start - 1) + 1;
  const before = sites.body.slice(lineStart, start);
  return lineStart === 0 || before.trim() !== '' ? null : before;
}

function isBlankAround(body: string, lineStart: number, lineEnd: number): boolean {
  return body.startsWith('\n', lineEnd + 1) && /\n[ \t]*\n$|\{[ \t]*\n$/.test(body.slice(0, lineStart));
}

/**
 * Neighbours in the wrong order, where the order matters: one leaves the function, or one uses what the other writes.
 */
function swappedStatements(sites: FunctionSites, list: readonly AnyNode[]): Edit[] {
  return list.flatMap((first, index) => {
    const second = list[index + 1];
    if (second === undefined || !dependOnOrder(sites, first, second)) return [];
    return [swapEdit(sites, 'swapped statements', first, second)];
  });
}

function dependOnOrder(sites: FunctionSites, first: AnyNode, second: AnyNode): boolean {
  const [a, b] = [sites.text(first), sites.text(second)];
  if (a === b || first.type === 'FunctionDeclaration' || second.type === 'FunctionDeclaration') return false;
  if (/\b(?:return|throw|break|continue)\b/.test(a + b)) return true;
  return (
    writtenBy(sites, first).some((target) => b.includes(target)) ||
    writtenBy(sites, second).some((target) => a.includes(target))
  );
}

/** Texts of what a statement declares, assigns, counts or calls a method on. */
function writtenBy(sites: FunctionSites, statement: AnyNode): string[] {
  if (statement.type === 'VariableDeclaration')
    return statement.declarations.flatMap(({ id }) => (id.type === 'Identifier' ? [id.name] : []));
  const target = statement.type === 'ExpressionStatement' ? targetOf(statement.expression) : null;
  return target === null ? [] : [sites.text(target)];
}

function targetOf(expression: AnyNode): AnyNode | null {
  if (expression.type === 'AssignmentExpression') return expression.left;
  if (expression.type === 'UpdateExpression') return expression.argument;
  if (expression.type !== 'CallExpression' || expression.callee.type !== 'MemberExpression') return null;
  return expression.callee.object.type === 'ThisExpression' ? null : expression.callee.object;
}

/** A repeated plain assignment changes nothing; a repeated call, count, jump or return does. */
function isWorthRepeating(sites: FunctionSites, statement: AnyNode): boolean {
  if (sites.text(statement).split('\n').length > 3) return false;
  if (statement.type === 'ReturnStatement' || statement.type === 'ThrowStatement') return true;
  if (statement.type === 'IfStatement') return statement.alternate == null;
  if (statement.type !== 'ExpressionStatement' || isDirective(statement)) return false;
  const { expression } = statement;
  if (expression.type === 'AssignmentExpression') return expression.operator !== '=';
  return expression.type === 'CallExpression' || expression.type === 'UpdateExpression';
}

/** A copy on lines of its own before another statement of the list. */
function addedStatements(sites: FunctionSites, list: readonly AnyNode[], copies: readonly string[]): Edit[] {
  return list.flatMap((statement) => {
    const indent = indentOf(sites, statement);
    if (indent === null || isDirective(statement)) return [];
    const lineStart = sites.at(statement.start) - indent.length;
    const end = isSpaced(sites, statement, list) ? '\n\n' : '\n';
    return copiesFor(sites, statement, copies).map((copy) =>
      insertStatement(lineStart, indent + reindent(copy, indent) + end),
    );
  });
}

/** Leaving the function a line earlier in the same way changes nothing. */
function copiesFor(sites: FunctionSites, statement: AnyNode, copies: readonly string[]): readonly string[] {
  if (statement.type === 'ExpressionStatement') return copies;
  const own = sites.text(statement);
  return copies.filter((copy) => copy !== own);
}

function insertStatement(position: number, replacement: string): Edit {
  return { operator: 'added statement', start: position, end: position, replacement };
}

/** Whether a blank line parts the statement from its neighbour in the list. */
function isSpaced(sites: FunctionSites, statement: AnyNode, list: readonly AnyNode[]): boolean {
  const index = list.indexOf(statement);
  const [first, second] = index > 0 ? [list[index - 1], statement] : [statement, list[index + 1]];
  return (
    first !== undefined &&
    second !== undefined &&
    sites.body.slice(sites.at(first.end), sites.at(second.start)).includes('\n\n')
  );
}

/**
 * The lines behind the first follow the new place; their own depth is that of the last line, which closes the
 * statement.
 */
function reindent(copy: string, indent: string): string {
  const lines = copy.split('\n');
  const own = /^[ \t]*/.exec(lines.at(-1) ?? '')?.[0] ?? '';
  return lines
    .map((line, index) => (index > 0 && line.startsWith(own) ? indent + line.slice(own.length) : line))
    .join('\n');
}
