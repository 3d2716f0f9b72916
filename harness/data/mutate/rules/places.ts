/** What several rules ask about a node: how simple it is, what it stands for, and whether it has lines to itself. */
import type { Operation } from '../../code-signals/code-syntax.ts';
import { fieldOf, type CodeNode } from '../../code-signals/code-tree.ts';
import type { Range } from '../edit.ts';
import type { EditSite } from '../language-edits.ts';

/** A name, a member, an element, a call or a literal: it needs no parentheses beside an operator. */
export function isSimple({ type }: CodeNode, { edits: { nodes } }: EditSite): boolean {
  return (
    type === 'identifier' ||
    type === nodes.self ||
    type === nodes.member.type ||
    type === nodes.subscript.type ||
    nodes.calls.has(type) ||
    nodes.numbers.has(type)
  );
}

/** Whether a value counts: a number, a length, or a variable that is used as a number and starts or steps as one. */
export function isWholeNumber(node: CodeNode, site: EditSite): boolean {
  const { nodes } = site.edits;
  if (nodes.numbers.has(node.type)) return true;
  const text = site.text(node);
  if (/(?:^len\(|\.(?:length|size|byteLength)$)/.test(text)) return true;
  const variable = site.occurrences.get(node)?.variable;
  return variable?.occurrences.some(({ node: other }) => countsAt(other, site)) ?? false;
}

/** `i++`, `i = 0`, `n = a.length`. */
function countsAt({ parent, field }: CodeNode, site: EditSite): boolean {
  const { nodes } = site.edits;
  if (parent === null) return false;
  if (parent.type === 'update_expression') return true;
  const value = field === 'name' || field === 'left' ? (fieldOf(parent, 'value') ?? fieldOf(parent, 'right')) : null;
  return value !== null && (nodes.numbers.has(value.type) || /(?:^len\(|\.length$|^range\()/.test(site.text(value)));
}

/** The operation of which a node is one side; null = none. */
export function operationAround({ parent }: CodeNode, { code }: EditSite): Operation | null {
  return parent === null ? null : code.syntax.operationOf(parent);
}

/**
 * The lines of a node, with their line break, where nothing else stands on them. In one line only: `null` for a node
 * of several lines unless `isLong` allows them.
 */
export function wholeLines(node: Range, { code: { text } }: EditSite, isLong = false): Range | null {
  const start = text.lastIndexOf('\n', node.start - 1) + 1;
  const newline = text.indexOf('\n', node.end);
  const end = newline === -1 ? text.length : newline + 1;
  // The last line has no line break behind it, so it takes the one before it along.
  const from = newline === -1 ? start - 1 : start;
  if (start === 0 || text.slice(start, node.start).trim() !== '') return null;
  if (!/^;?[ \t]*(?:\n|$)/.test(text.slice(node.end, end))) return null;
  return !isLong && text.slice(node.start, node.end).includes('\n') ? null : { start: from, end };
}

/** The white space in front of a node on its line. */
export function indentOf(node: Range, { code: { text } }: EditSite): string {
  return text.slice(text.lastIndexOf('\n', node.start - 1) + 1, node.start);
}

/** Whether the same first name stands on both sides: `a && a.b`. */
export function sharesName(left: CodeNode, right: CodeNode, site: EditSite): boolean {
  const names = (node: CodeNode): readonly string[] => site.text(node).match(/[\p{L}_$][\p{L}\p{N}_$]*/gu) ?? [];
  const known = new Set(names(left));
  known.delete(site.edits.nodes.self);
  return names(right).some((name) => known.has(name));
}

/** A value that is written down: a text, a number, `null`, an empty list. */
export function isLiteral({ type, children }: CodeNode, { edits: { nodes } }: EditSite): boolean {
  const isEmpty = (nodes.lists.has(type) || nodes.maps.has(type)) && children.length === 2;
  return isEmpty || nodes.strings.has(type) || nodes.numbers.has(type) || literals.has(type);
}

const literals = new Set(['null', 'undefined', 'none', 'true', 'false', 'template_string', 'float', 'regex']);
