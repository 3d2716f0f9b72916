/** Edits of structure: operands, arguments, branches and returns that are dropped, added or swapped. */
import type { AnyNode } from 'acorn';
import type { Edit } from './edit.ts';
import { operatorRange } from './operator-edits.ts';
import { isCondition, isSimple, type FunctionSites, type Site } from './site.ts';

export function structureEdits(sites: FunctionSites): Edit[] {
  return sites.sites.flatMap((site) => [
    ...operandEdits(sites, site),
    ...addedOperands(sites, site),
    ...argumentEdits(sites, site),
    ...branchEdits(sites, site),
    ...returnEdits(sites, site),
  ]);
}

const orderMatters = new Set(['-', '/', '%', '<', '>', '<=', '>=', '<<', '>>', '>>>', '**']);

function operandEdits(sites: FunctionSites, { node }: Site): Edit[] {
  if (node.type !== 'BinaryExpression' && node.type !== 'LogicalExpression') return [];
  const range = operatorRange(sites, node.left, node.operator);
  // Slices around the operator keep the operands' own parentheses, which their nodes do not include.
  const left = sites.body.slice(sites.at(node.start), range.start).trim();
  const right = sites.body.slice(range.end, sites.at(node.end)).trim();
  const edits: Edit[] = [];
  const isDroppable = node.type === 'LogicalExpression' || /^[-+*/%&|]$/.test(node.operator);
  if (isDroppable)
    edits.push(sites.replace('dropped operand', node, left), sites.replace('dropped operand', node, right));
  if (orderMatters.has(node.operator) && left !== right)
    edits.push(sites.replace('swapped operands', node, `${right} ${node.operator} ${left}`));
  return edits;
}

/** A condition gets a second one, made of another condition of the function or of a local name. */
function addedOperands(sites: FunctionSites, site: Site): Edit[] {
  const { node, parent } = site;
  if (!isSimple(node) || !(isCondition(site) || parent?.type === 'ReturnStatement')) return [];
  const own = sites.text(node);
  const conditions = sites.sites
    .filter((other) => isSimple(other.node) && isCondition(other))
    .map((other) => sites.text(other.node));
  const others = [...new Set([...conditions, ...sites.locals])].filter(
    (text) => text !== own && !text.includes('\n') && text.length <= 40,
  );
  return others.flatMap((other) =>
    ['&&', '||'].map((operator) => sites.replace('added operand', node, `${own} ${operator} ${other}`)),
  );
}

function argumentEdits(sites: FunctionSites, { node }: Site): Edit[] {
  if (node.type !== 'CallExpression' && node.type !== 'NewExpression') return [];
  const list: readonly AnyNode[] = node.arguments;
  const swaps = list.flatMap((argument, index): Edit[] => {
    const next = list[index + 1];
    if (next === undefined || sites.text(argument) === sites.text(next)) return [];
    const between = sites.body.slice(sites.at(argument.end), sites.at(next.start));
    return [
      sites.replace(
        'swapped arguments',
        { start: argument.start, end: next.end },
        sites.text(next) + between + sites.text(argument),
      ),
    ];
  });
  // A list over several lines keeps its length: a line more or less in it would show.
  if (list.length > 0 && sites.text(node).slice(sites.text(node.callee).length).includes('\n')) return swaps;
  const dropped = list.map((_, index): Edit => ({
    operator: 'dropped argument',
    ...argumentWithComma(sites, list, index),
    replacement: '',
  }));
  return [...swaps, ...dropped, ...addedArguments(sites, node.end, list)];
}

/**
 * A local name in front of the others, behind them, or alone between empty parentheses, spaced as the function spaces
 * its calls.
 */
function addedArguments(sites: FunctionSites, callEnd: number, list: readonly AnyNode[]): Edit[] {
  const taken = new Set(list.map((argument) => sites.text(argument)));
  const names = sites.locals.filter((name) => !taken.has(name));
  const [first, last] = [list[0], list.at(-1)];
  const insert = (position: number, replacement: string): Edit => ({
    operator: 'added argument',
    start: position,
    end: position,
    replacement,
  });
  if (first !== undefined && last !== undefined)
    return names.flatMap((name) => [
      insert(sites.at(last.end), `, ${name}`),
      insert(sites.at(first.start), `${name}, `),
    ]);
  const close = sites.at(callEnd) - 1;
  if (sites.body.slice(close - 1, close + 1) !== '()') return [];
  const space = /\( \S/.test(sites.body) ? ' ' : '';
  return names.map((name) => insert(close, space + name + space));
}

/**
 * An argument with the comma behind it, or before it for the last one; an only argument with the spaces around it.
 * Positions in the body.
 */
function argumentWithComma(
  sites: FunctionSites,
  list: readonly AnyNode[],
  index: number,
): { start: number; end: number } {
  const argument = list[index] as AnyNode;
  const [start, end] = [sites.at(argument.start), sites.at(argument.end)];
  const [previous, next] = [list[index - 1], list[index + 1]];
  if (next !== undefined) return { start, end: sites.at(next.start) };
  if (previous !== undefined) return { start: sites.at(previous.end), end };
  const before = /[ \t]*$/.exec(sites.body.slice(0, start))?.[0].length ?? 0;
  const after = /^[ \t]*/.exec(sites.body.slice(end))?.[0].length ?? 0;
  return { start: start - before, end: end + after };
}

function branchEdits(sites: FunctionSites, { node }: Site): Edit[] {
  if (node.type === 'BreakStatement' && node.label == null)
    return [sites.replace('jump', node, sites.text(node).replace('break', 'continue'))];
  if (node.type === 'ContinueStatement' && node.label == null)
    return [sites.replace('jump', node, sites.text(node).replace('continue', 'break'))];
  if (node.type !== 'IfStatement' && node.type !== 'ConditionalExpression') return [];
  const { consequent, alternate } = node;
  if (alternate == null || alternate.type === 'IfStatement' || sites.text(consequent) === sites.text(alternate))
    return [];
  const between = sites.body.slice(sites.at(consequent.end), sites.at(alternate.start));
  return [
    sites.replace(
      'swapped branches',
      { start: consequent.start, end: alternate.end },
      sites.text(alternate) + between + sites.text(consequent),
    ),
  ];
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
