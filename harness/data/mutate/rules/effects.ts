/** What one statement declares, reads and changes, as far as its text tells. */
import { fieldOf, nodesBelow, type CodeNode } from '../../code-signals/code-tree.ts';
import { calleeOf, objectOf, type EditSite } from '../edit-site.ts';

export interface Effects {
  readonly declares: readonly string[];
  readonly reads: readonly string[];
  /** Variables and members; of a method call the object that it is called on. */
  readonly writes: readonly string[];
}

export function effectsOf(statement: CodeNode, site: EditSite): Effects {
  const effects = { declares: new Array<string>(), reads: new Array<string>(), writes: new Array<string>() };
  for (const node of nodesBelow(statement)) {
    const occurrence = site.occurrences.get(node);
    if (occurrence !== undefined) {
      const { action, name } = occurrence;
      if (action === 'declare') (isFirst(node, site) ? effects.declares : effects.writes).push(name);
      if (action === 'write' || action === 'update') effects.writes.push(name);
      if (action === 'read' || action === 'update') effects.reads.push(name);
    }
    if (node.type === site.edits.nodes.member.type) effects.reads.push(site.text(node));
    effects.writes.push(...changedBy(node, site));
  }
  return effects;
}

/** In Python every assignment declares; the later ones change what the first made. */
function isFirst(node: CodeNode, site: EditSite): boolean {
  return site.occurrences.get(node)?.variable?.occurrences[0]?.node === node;
}

function changedBy(node: CodeNode, site: EditSite): readonly string[] {
  if (node.type.includes('assignment') || node.type === 'update_expression') {
    const target = fieldOf(node, 'left') ?? fieldOf(node, 'argument');
    const object = target === null ? null : (objectOf(target) ?? fieldOf(target, 'value'));
    return target === null || target.type === 'identifier' ? [] : [site.text(object ?? target), site.text(target)];
  }
  if (!site.edits.nodes.calls.has(node.type)) return [];
  const callee = calleeOf(node, site.edits);
  const object = callee === null ? null : objectOf(callee);
  // Nothing is known of a method of the function's own object: it may change any part of it.
  return object === null || site.text(object) === site.edits.nodes.self ? [] : [site.text(object)];
}
