/** The wrong condition: inverted, too strict, too loose, or its branches the wrong way round. */
import { fieldOf, namedChildren, type CodeNode } from '../../code-signals/code-tree.ts';
import type { Edit } from '../edit.ts';
import { edit, replace, swap } from '../edit-site.ts';
import type { EditSite } from '../language-edits.ts';
import { isSimple } from './places.ts';

export function negationEdits(node: CodeNode, site: EditSite): readonly Edit[] {
  const { nodes } = site.edits;
  if (nodes.negations.has(node.type)) return droppedNegation(node, site);
  if (!nodes.isCondition(node) || !isSimple(node, site) || nodes.numbers.has(node.type)) return [];
  return [edit('inverted condition', replace({ start: node.start, end: node.start }, nodes.negation))];
}

function droppedNegation(node: CodeNode, site: EditSite): readonly Edit[] {
  const operand = fieldOf(node, 'argument');
  const sign = node.children[0];
  if (operand === null || sign === undefined || !['!', 'not'].includes(site.text(sign))) return [];
  // `!!a` makes a boolean; one sign less is another mistake.
  if (node.parent?.type === node.type || operand.type === node.type) return [];
  return site.edits.nodes.isCondition(node) || node.parent?.type === site.edits.nodes.returns
    ? [edit('inverted condition', replace({ start: node.start, end: operand.start }, ''))]
    : [];
}

const connectives = new Set(['&&', '||', 'and', 'or']);

/** A case is forgotten: one side of `a && b` or `a || b` in a condition is missing. */
export function droppedOperandEdits(node: CodeNode, site: EditSite): readonly Edit[] {
  const operation = site.code.syntax.operationOf(node);
  if (operation === null || !connectives.has(site.text(operation.operator))) return [];
  if (!site.edits.nodes.isCondition(node) && node.parent?.type !== site.edits.nodes.returns) return [];
  const { left, right } = operation;
  return [left, right].map((kept) => edit('missing case', replace(node, site.text(kept))));
}

/** What runs where a condition holds, and what runs otherwise. */
export function branchEdits(node: CodeNode, site: EditSite): readonly Edit[] {
  const arms = site.edits.nodes.armsOf(node) ?? blockArms(node, site);
  if (arms === null || site.text(arms[0]) === site.text(arms[1])) return [];
  return [swap('swapped branches', site, ...arms)];
}

/** Of an `if` with one `else`. */
function blockArms(node: CodeNode, site: EditSite): readonly [CodeNode, CodeNode] | null {
  const { syntax } = site.code;
  if (node.type !== 'if_statement' || node.children.some(({ type }) => type === 'elif_clause')) return null;
  const [consequence, other] = [fieldOf(node, 'consequence'), syntax.elseOf(node)];
  if (consequence === null || other === null || other.type !== consequence.type) return null;
  return [consequence, other].every((arm) => namedChildren(arm).length > 0) ? [consequence, other] : null;
}
