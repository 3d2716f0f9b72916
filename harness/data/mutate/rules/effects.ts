/** What one statement declares, reads and changes, as far as its text tells. */
import { fieldOf, nodesBelow, type CodeNode } from '../../code-signals/code-tree.ts';
import { calleeOf, objectOf } from '../edit-site.ts';
import type { EditSite } from '../language-edits.ts';

export interface Effects {
  readonly declares: readonly string[];
  readonly reads: readonly string[];
  /** Variables and members; of a method call the object that it is called on. */
  readonly writes: readonly string[];
  /** Objects of which a member is written. */
  readonly parts: readonly string[];
  /** Variables that are read as a whole and not only a member of them. */
  readonly wholes: readonly string[];
}

export function effectsOf(statement: CodeNode, site: EditSite): Effects {
  const effects: Record<keyof Effects, string[]> = { declares: [], reads: [], writes: [], parts: [], wholes: [] };
  for (const node of nodesBelow(statement)) {
    const occurrence = site.occurrences.get(node);
    if (occurrence !== undefined) {
      const { action, name } = occurrence;
      if (action === 'declare') (isFirst(node, site) ? effects.declares : effects.writes).push(name);
      if (action === 'write' || action === 'update') effects.writes.push(name);
      if (action === 'read' || action === 'update') effects.reads.push(name);
      if (action === 'read' && objectOfMember(node, site) === null) effects.wholes.push(name);
    }
    if (node.type === site.edits.nodes.member.type) effects.reads.push(site.text(node));
    effects.writes.push(...changedBy(node, site));
    effects.parts.push(...partsBy(node, site));
  }
  return effects;
}

/** In Python every assignment declares; the later ones change what the first made. */
function isFirst(node: CodeNode, site: EditSite): boolean {
  return site.occurrences.get(node)?.variable?.occurrences[0]?.node === node;
}

function changedBy(node: CodeNode, site: EditSite): readonly string[] {
  const target = targetOf(node);
  if (target !== null) {
    // Of `a[i]` the whole list counts as changed.
    const list =
      target.type === site.edits.nodes.subscript.type ? (objectOf(target) ?? fieldOf(target, 'value')) : null;
    return target.type === 'identifier' ? [] : [site.text(list ?? target)];
  }
  // A call whose result is used is taken to be a question.
  if (!site.edits.nodes.calls.has(node.type) || node.parent?.type !== 'expression_statement') return [];
  const callee = calleeOf(node, site.edits);
  const object = callee === null ? null : objectOf(callee);
  // Nothing is known of a method of the function's own object: it may change any part of it.
  return object === null || site.text(object) === site.edits.nodes.self ? [] : [site.text(object)];
}

function partsBy(node: CodeNode, site: EditSite): readonly string[] {
  const target = targetOf(node);
  const object = target?.type === site.edits.nodes.member.type ? objectOf(target) : null;
  return object === null ? [] : [site.text(object)];
}

/** What an assignment or a step assigns to. */
function targetOf(node: CodeNode): CodeNode | null {
  if (!node.type.includes('assignment') && node.type !== 'update_expression') return null;
  return fieldOf(node, 'left') ?? fieldOf(node, 'argument');
}

function objectOfMember({ parent, field }: CodeNode, { edits }: EditSite): CodeNode | null {
  return parent?.type === edits.nodes.member.type && field === 'object' ? parent : null;
}

/** Whether the first statement changes something that the second one uses, or the other way round. */
export function areDependent(a: Effects, b: Effects): boolean {
  return uses(a, b) || uses(b, a) || a.writes.some((name) => b.writes.includes(name));
}

function uses(writer: Effects, reader: Effects): boolean {
  return (
    writer.writes.some((name) => reader.reads.includes(name)) ||
    writer.parts.some((name) => reader.wholes.includes(name))
  );
}
