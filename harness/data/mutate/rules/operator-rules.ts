/** The wrong operator: one step off at a boundary, the wrong way round, `and` for `or`. */
import type { Operation } from '../../code-signals/code-syntax.ts';
import { namedChildren, type CodeNode } from '../../code-signals/code-tree.ts';
import type { Edit } from '../edit.ts';
import { edit, replace, swap } from '../edit-site.ts';
import type { EditSite, OperatorSwaps } from '../language-edits.ts';
import { isLiteral, isSimple, isWholeNumber, sharesName } from './places.ts';

type OperatorKind = OperatorSwaps['kind'];

export function boundaryEdits(node: CodeNode, site: EditSite): readonly Edit[] {
  return operatorEdits(node, site, 'boundary', ({ left, right }) => {
    return (isWholeNumber(left, site) || isWholeNumber(right, site)) && !isClamped(node, left, right, site);
  });
}

/** `a > b ? a : b`: at the boundary both are the same. */
function isClamped(node: CodeNode, left: CodeNode, right: CodeNode, site: EditSite): boolean {
  const condition = node.parent?.type === 'parenthesized_expression' ? node.parent : node;
  const arms = condition.parent === null ? null : site.edits.nodes.armsOf(condition.parent);
  const texts = new Set((arms ?? []).map((arm) => site.text(arm)));
  return texts.has(site.text(left)) && texts.has(site.text(right));
}

export function directionEdits(node: CodeNode, site: EditSite): readonly Edit[] {
  return operatorEdits(node, site, 'direction', () => true);
}

export function equalityEdits(node: CodeNode, site: EditSite): readonly Edit[] {
  return operatorEdits(node, site, 'equality', () => true);
}

/** Only where the value decides what runs, and the right side does not rest on the left one: `a && a.b` is a guard. */
export function logicalEdits(node: CodeNode, site: EditSite): readonly Edit[] {
  return operatorEdits(node, site, 'logical', ({ left, right }) => {
    const isDecision = site.edits.nodes.isCondition(node) || node.parent?.type === site.edits.nodes.returns;
    return isDecision && !isLiteral(right, site) && !sharesName(left, right, site);
  });
}

export function arithmeticEdits(node: CodeNode, site: EditSite): readonly Edit[] {
  return operatorEdits(node, site, 'arithmetic', ({ left, operator, right }) => {
    // `+` joins texts and lists too; there a minus would be no plausible mistake.
    if (site.text(operator) !== '+') return true;
    return isNumeric(left, site) && isNumeric(right, site);
  });
}

function operatorEdits(
  node: CodeNode,
  site: EditSite,
  kind: OperatorKind,
  fits: (operation: Operation) => boolean,
): readonly Edit[] {
  const operation = site.code.syntax.operationOf(node);
  if (operation === null) return [];
  const others = othersOf(site.text(operation.operator), site, kind);
  if (others.length === 0 || !fits(operation)) return [];
  return others.map((other) => edit(nameOf(kind), replace(operation.operator, other)));
}

function othersOf(operator: string, { edits }: EditSite, kind: OperatorKind): readonly string[] {
  const found = Object.hasOwn(edits.operators, operator) ? edits.operators[operator] : undefined;
  return (found ?? []).flatMap((swaps) => (swaps.kind === kind ? swaps.others : []));
}

const kindNames: Readonly<Record<OperatorKind, string>> = {
  boundary: 'boundary',
  direction: 'direction of a comparison',
  equality: 'inverted comparison',
  logical: 'wrong connective',
  arithmetic: 'wrong arithmetic',
  accumulation: 'wrong accumulation',
};

const nameOf = (kind: OperatorKind): string => kindNames[kind];

/** `a += b` for `a -= b`, and `a = b` where it should add up. */
export function accumulationEdits(node: CodeNode, site: EditSite): readonly Edit[] {
  if (!node.type.includes('assignment') || node.parent?.type !== 'expression_statement') return [];
  const [operator, value] = [node.children.find(({ field }) => field === 'operator'), node.children.at(-1)];
  if (operator === undefined || value === undefined) return [];
  if (site.text(operator) === '+=' && !isNumeric(value, site)) return [];
  const others = othersOf(site.text(operator), site, 'accumulation');
  return others.map((other) => edit(nameOf('accumulation'), replace(operator, other)));
}

const ordered = new Set(['-', '/', '%', '//', '**', '<', '>', '<=', '>=', '<<', '>>']);

/** `b - a` for `a - b`. */
export function swappedOperandEdits(node: CodeNode, site: EditSite): readonly Edit[] {
  const operation = site.code.syntax.operationOf(node);
  if (operation === null || !ordered.has(site.text(operation.operator))) return [];
  const { left, right } = operation;
  if (!isSimple(left, site) || !isSimple(right, site) || isLiteral(left, site) || isLiteral(right, site)) return [];
  return site.text(left) === site.text(right) ? [] : [swap('swapped operands', site, left, right)];
}

/** Whether an operand is a number and no text or list: a literal, a difference or product, a variable used as one. */
function isNumeric(node: CodeNode, site: EditSite): boolean {
  const { nodes } = site.edits;
  if (node.type === 'parenthesized_expression') return namedChildren(node).some((inner) => isNumeric(inner, site));
  if (isWholeNumber(node, site)) return true;
  const operation = site.code.syntax.operationOf(node);
  if (operation !== null) {
    const operator = site.text(operation.operator);
    if (operator !== '+') return ordered.has(operator) || operator === '*';
    return isNumeric(operation.left, site) && isNumeric(operation.right, site);
  }
  return nodes.numbers.has(node.type) || node.type === 'float';
}
