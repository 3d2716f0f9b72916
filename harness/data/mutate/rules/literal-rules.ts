/** The wrong literal: one too many, one too few, `true` for `false`, a list for a map, the text of another place. */
import type { CodeNode } from '../../code-signals/code-tree.ts';
import type { Edit } from '../edit.ts';
import { edit, replace } from '../edit-site.ts';
import type { EditSite } from '../language-edits.ts';
import { isSimple, isWholeNumber, operationAround } from './places.ts';

/** Above it a number is a code, a size or a constant: nobody is off by one there. */
const largestCounted = 16;

export function numberEdits(node: CodeNode, site: EditSite): readonly Edit[] {
  const text = site.text(node);
  if (!site.edits.nodes.numbers.has(node.type) || !/^\d+$/.test(text) || Number(text) > largestCounted) return [];
  if (node.parent?.type === 'switch_case' || isPartOfNumber(node) || isCode(node, site)) return [];
  const value = Number(text);
  const others = value === 0 ? [1] : [value + 1, value - 1];
  const isDivisor = ['/', '%', '//'].includes(operatorAround(node, site));
  return others
    .filter((other) => other > 0 || !isDivisor)
    .map((other) => edit('number off by one', replace(node, `${other}`)));
}

/** `kind === 5`: a number that stands for something is not counted. */
function isCode(node: CodeNode, site: EditSite): boolean {
  // `2 /* Kind.LAST */`
  if (/^\s*\/\*/.test(site.code.text.slice(node.end, node.end + 4))) return true;
  if (!/^[!=]==?$/.test(operatorAround(node, site)) || Number(site.text(node)) < 3) return false;
  const operation = operationAround(node, site);
  return operation !== null && !isWholeNumber(operation.left === node ? operation.right : operation.left, site);
}

function operatorAround(node: CodeNode, site: EditSite): string {
  const operation = operationAround(node, site);
  return operation === null ? '' : site.text(operation.operator);
}

/** The `1` of `-1`: a sign of its own would make it another kind of mistake. */
function isPartOfNumber({ parent }: CodeNode): boolean {
  return parent?.type === 'unary_expression' || parent?.type === 'unary_operator';
}

/** `a[i + 1]` for `a[i]`, `n - 1` for `n` at a bound; and the other way round. */
export function offByOneEdits(node: CodeNode, site: EditSite): readonly Edit[] {
  return [...addedOnes(node, site), ...droppedOnes(node, site)];
}

function addedOnes(node: CodeNode, site: EditSite): readonly Edit[] {
  if (!isSimple(node, site) || site.edits.nodes.numbers.has(node.type) || !isBound(node, site)) return [];
  if (!isWholeNumber(node, site) && !(isIndex(node, site) && countingName.test(site.text(node)))) return [];
  return ['+ 1', '- 1'].map((step) => edit('off by one', replace(node, `${site.text(node)} ${step}`)));
}

/** Names of indices; other keys are texts more often than numbers. */
const countingName = /^(?:[ijkmn]|idx|pos|offset|.*[iI]nd(?:ex)?|.*_idx|.*[cC]ount|.*[pP]osition)$/;

function isIndex({ parent, field }: CodeNode, { edits: { nodes } }: EditSite): boolean {
  return parent?.type === nodes.subscript.type && field === nodes.subscript.index;
}

const bounds = new Set(['<', '<=', '>', '>=', '==', '===']);

/** An index, an argument, a side of a comparison, what is returned. */
function isBound(node: CodeNode, site: EditSite): boolean {
  const { nodes } = site.edits;
  if (isIndex(node, site) || node.parent?.type === 'slice') return true;
  if (node.parent !== null && nodes.argumentLists.has(node.parent.type)) return true;
  if (node.parent?.type === nodes.returns) return true;
  return bounds.has(operatorAround(node, site));
}

function droppedOnes(node: CodeNode, site: EditSite): readonly Edit[] {
  const operation = site.code.syntax.operationOf(node);
  if (operation === null || !['+', '-'].includes(site.text(operation.operator))) return [];
  return site.text(operation.right) === '1' ? [edit('off by one', replace(node, site.text(operation.left)))] : [];
}

/** A flag that is kept, passed on or returned. */
export function booleanEdits(node: CodeNode, site: EditSite): readonly Edit[] {
  const { booleans } = site.edits.nodes;
  const other = Object.hasOwn(booleans, node.type) ? booleans[node.type] : undefined;
  // `while (true)` is no flag.
  return other === undefined || site.edits.nodes.isCondition(node) ? [] : [edit('wrong flag', replace(node, other))];
}

/** `{}` for `[]`, where a variable starts or a default stands. */
export function emptyEdits(node: CodeNode, site: EditSite): readonly Edit[] {
  const { lists, maps } = site.edits.nodes;
  const text = site.text(node);
  const isStart = node.field === 'value' || node.field === 'right' || node.parent?.type === site.edits.nodes.returns;
  if (!isStart || (text !== '[]' && text !== '{}')) return [];
  const isKnown = lists.has(node.type) || maps.has(node.type);
  return isKnown ? [edit('wrong default', replace(node, text === '[]' ? '{}' : '[]'))] : [];
}

/** The text of another place of the same sort: both are compared with, or both are keys. */
export function stringEdits(node: CodeNode, site: EditSite): readonly Edit[] {
  const place = placeOf(node, site);
  if (place === null) return [];
  const text = site.text(node);
  const others = new Set(site.nodes.filter((other) => placeOf(other, site) === place).map((other) => site.text(other)));
  others.delete(text);
  return [...others].map((other) => edit('wrong text', replace(node, other)));
}

function placeOf(node: CodeNode, site: EditSite): string | null {
  const { nodes } = site.edits;
  if (!nodes.strings.has(node.type) || node.parent === null) return null;
  if (isIndex(node, site)) return 'key';
  if (node.parent.type === 'switch_case') return null;
  return /^(?:[=!]==?|is|in)$/.test(operatorAround(node, site)) ? 'compared' : null;
}
