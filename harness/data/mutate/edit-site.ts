/** One function as the rules see it: where edits may be made, which names there are, and how they are used. */
import type { FunctionCode } from '../code-signals/function-code.ts';
import { fieldOf, isComment, namedChildren, type CodeNode } from '../code-signals/code-tree.ts';
import type { Change, Edit, Range } from './edit.ts';
import type { EditSite, LanguageEdits } from './language-edits.ts';
import { findRoles } from './roles.ts';

export function editSite(code: FunctionCode, edits: LanguageEdits): EditSite {
  const text = ({ start, end }: Range): string => code.text.slice(start, end);
  const occurrences = new Map(code.variables.occurrences.map((occurrence) => [occurrence.node, occurrence]));
  const nodes = touchableNodes(code, edits, text);
  return {
    code,
    edits,
    nodes,
    occurrences,
    roles: findRoles(code, edits),
    members: groupBy(
      nodes.filter(({ type }) => type === edits.nodes.member.type),
      (node) => text(objectOf(node) ?? node),
    ),
    calls: groupBy(
      nodes.filter((node) => edits.nodes.calls.has(node.type) && calleeOf(node, edits)?.type === 'identifier'),
      (node) => text(calleeOf(node, edits) ?? node),
    ),
    text,
  };
}

function touchableNodes(code: FunctionCode, edits: LanguageEdits, text: (node: CodeNode) => string): CodeNode[] {
  const found: CodeNode[] = [];
  const visit = (node: CodeNode): void => {
    if (isComment(node) || edits.nodes.untouched.has(node.type)) return;
    if (edits.nodes.calls.has(node.type) && edits.logging.test(text(calleeOf(node, edits) ?? node))) return;
    found.push(node);
    node.children.forEach(visit);
  };
  code.block.children.forEach(visit);
  return found;
}

function groupBy(nodes: readonly CodeNode[], keyOf: (node: CodeNode) => string): Map<string, readonly CodeNode[]> {
  const groups = new Map<string, CodeNode[]>();
  for (const node of nodes) {
    const group = groups.get(keyOf(node));
    if (group === undefined) groups.set(keyOf(node), [node]);
    else group.push(node);
  }
  return groups;
}

export function calleeOf(call: CodeNode, { nodes }: LanguageEdits): CodeNode | null {
  return call.children.find(({ field }) => field !== null && nodes.callees.has(field)) ?? null;
}

export function argumentsOf(call: CodeNode, { nodes }: LanguageEdits): readonly CodeNode[] {
  const list = call.children.find(({ type }) => nodes.argumentLists.has(type));
  return list === undefined ? [] : namedChildren(list);
}

export function objectOf(member: CodeNode): CodeNode | null {
  return fieldOf(member, 'object');
}

export function isCallee({ parent, field }: CodeNode, { nodes }: LanguageEdits): boolean {
  return parent !== null && field !== null && nodes.calls.has(parent.type) && nodes.callees.has(field);
}

export function edit(kind: string, ...changes: readonly Change[]): Edit {
  return { kind, changes: changes.toSorted((a, b) => a.start - b.start) };
}

export function replace({ start, end }: Range, replacement: string): Change {
  return { start, end, replacement };
}

/** Two ranges change places. */
export function swap(kind: string, site: EditSite, a: Range, b: Range): Edit {
  return edit(kind, replace(a, site.text(b)), replace(b, site.text(a)));
}
