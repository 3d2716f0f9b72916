/**
 * Edits of whole statements: dropped, repeated elsewhere, or in the wrong order. They take and leave whole lines, so
 * the layout stays clean.
 */
import type { AnyNode } from 'acorn';
import type { Edit } from './edit.ts';
import type { FunctionSites } from './site.ts';

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
  if (statement.type === 'ExpressionStatement') return statement.directive === undefined;
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

/**
 * From the start of the statement's first line to the start of the line behind it, where nothing else stands on these
 * lines; with the blank line behind it, if there is one before it too (or the block begins there).
 */
function wholeLines(sites: FunctionSites, statement: AnyNode): { start: number; end: number } {
  const [start, end] = [sites.at(statement.start), sites.at(statement.end)];
  const lineStart = sites.body.lastIndexOf('\n', start - 1) + 1;
  const lineEnd = sites.body.indexOf('\n', end);
  const isAlone =
    lineStart > 0 &&
    lineEnd !== -1 &&
    sites.body.slice(lineStart, start).trim() === '' &&
    sites.body.slice(end, lineEnd).trim() === '';
  if (!isAlone) return { start, end };
  const isBlankAround =
    sites.body.startsWith('\n', lineEnd + 1) && /\n[ \t]*\n$|\{[ \t]*\n$/.test(sites.body.slice(0, lineStart));
  return { start: lineStart, end: lineEnd + (isBlankAround ? 2 : 1) };
}

/**
 * Neighbours in the wrong order, where the order matters: one leaves the function, or one uses what the other writes.
 */
function swappedStatements(sites: FunctionSites, list: readonly AnyNode[]): Edit[] {
  return list.flatMap((first, index) => {
    const second = list[index + 1];
    if (second === undefined || !dependOnOrder(sites, first, second)) return [];
    const between = sites.body.slice(sites.at(first.end), sites.at(second.start));
    return [
      sites.replace(
        'swapped statements',
        { start: first.start, end: second.end },
        sites.text(second) + between + sites.text(first),
      ),
    ];
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
  if (statement.type !== 'ExpressionStatement') return [];
  const { expression } = statement;
  if (expression.type === 'AssignmentExpression') return [sites.text(expression.left)];
  if (expression.type === 'UpdateExpression') return [sites.text(expression.argument)];
  return expression.type === 'CallExpression' &&
    expression.callee.type === 'MemberExpression' &&
    expression.callee.object.type !== 'ThisExpression'
    ? [sites.text(expression.callee.object)]
    : [];
}

/** A repeated plain assignment changes nothing; a repeated call, count, jump or return does. */
function isWorthRepeating(sites: FunctionSites, statement: AnyNode): boolean {
  if (sites.text(statement).split('\n').length > 3) return false;
  if (
    statement.type === 'ReturnStatement' ||
    statement.type === 'ThrowStatement' ||
    (statement.type === 'IfStatement' && statement.alternate == null)
  )
    return true;
  if (statement.type !== 'ExpressionStatement' || statement.directive !== undefined) return false;
  const { expression } = statement;
  return (
    expression.type === 'CallExpression' ||
    expression.type === 'UpdateExpression' ||
    (expression.type === 'AssignmentExpression' && expression.operator !== '=')
  );
}

/** A copy on lines of its own before another statement of the list. */
function addedStatements(sites: FunctionSites, list: readonly AnyNode[], copies: readonly string[]): Edit[] {
  return list.flatMap((statement) => {
    const start = sites.at(statement.start);
    const lineStart = sites.body.lastIndexOf('\n', start - 1) + 1;
    const indent = sites.body.slice(lineStart, start);
    if (lineStart === 0 || indent.trim() !== '' || ('directive' in statement && statement.directive !== undefined))
      return [];
    // Leaving the function a line earlier in the same way changes nothing.
    const effective = copies.filter(
      (copy) => copy !== sites.text(statement) || statement.type === 'ExpressionStatement',
    );
    const spaced = isSpaced(sites, statement, list) ? '\n\n' : '\n';
    return effective.map((copy) => ({
      operator: 'added statement' as const,
      start: lineStart,
      end: lineStart,
      replacement: indent + reindent(copy, indent) + spaced,
    }));
  });
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
