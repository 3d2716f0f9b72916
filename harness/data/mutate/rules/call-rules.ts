/** The wrong call: arguments in the wrong order or too few, a result that nobody waits for or gives back. */
import { fieldOf, namedChildren, type CodeNode } from '../../code-signals/code-tree.ts';
import type { Edit } from '../edit.ts';
import { argumentsOf, calleeOf, edit, replace, swap } from '../edit-site.ts';
import type { EditSite } from '../language-edits.ts';

/** Two neighbouring arguments of one sort, or the values of two neighbouring entries. */
export function swappedArgumentEdits(node: CodeNode, site: EditSite): readonly Edit[] {
  if (site.edits.nodes.calls.has(node.type)) return swappedIn(argumentsOf(node, site.edits), node, site);
  return site.edits.nodes.maps.has(node.type) ? swappedIn(namedChildren(node), null, site) : [];
}

function swappedIn(list: readonly CodeNode[], call: CodeNode | null, site: EditSite): readonly Edit[] {
  if (call !== null && site.edits.symmetric.has(lastName(call, site))) return [];
  return list.slice(1).flatMap((second, index) => {
    const [a, b] = [valueOf(list[index] as CodeNode, site), valueOf(second, site)];
    if (a === null || b === null || !isSameSort(a, b, site) || site.text(a) === site.text(b)) return [];
    return [swap('swapped arguments', site, a, b)];
  });
}

/** The name behind the last dot of what is called. */
function lastName(call: CodeNode, site: EditSite): string {
  const callee = calleeOf(call, site.edits);
  return callee === null ? '' : site.text(fieldOf(callee, site.edits.nodes.member.property) ?? callee);
}

function valueOf(node: CodeNode, { edits: { nodes } }: EditSite): CodeNode | null {
  if (nodes.entries.has(node.type)) return fieldOf(node, 'value');
  // In a map only entries have a value; `{ a }` and `...a` have none that could stand elsewhere.
  return node.parent !== null && nodes.maps.has(node.parent.type) ? null : node;
}

function isSameSort(a: CodeNode, b: CodeNode, { edits: { nodes }, text }: EditSite): boolean {
  const isName = ({ type }: CodeNode): boolean => type === 'identifier' || type === nodes.member.type;
  if (isName(a) && isName(b)) return true;
  if (a.type !== b.type) return false;
  const isShort = text(a).length <= 40 && text(b).length <= 40;
  const isKnown = nodes.numbers.has(a.type) || nodes.strings.has(a.type) || nodes.calls.has(a.type);
  return isShort && (isKnown || a.type === nodes.subscript.type || a.type.startsWith('binary'));
}

/** The last argument of a call that works without it. */
export function droppedArgumentEdits(node: CodeNode, site: EditSite): readonly Edit[] {
  if (!site.edits.nodes.calls.has(node.type) || !site.edits.optionalArguments.has(lastName(node, site))) return [];
  const list = argumentsOf(node, site.edits);
  const [before, last] = [list.at(-2), list.at(-1)];
  if (before === undefined || last === undefined) return [];
  return [edit('missing argument', replace({ start: before.end, end: last.end }, ''))];
}

/** `f()` for `await f()`, unless it is returned: the caller waits then. */
export function awaitEdits(node: CodeNode, site: EditSite): readonly Edit[] {
  const { nodes } = site.edits;
  const call = nodes.awaits.has(node.type) ? namedChildren(node)[0] : undefined;
  if (call === undefined || !nodes.calls.has(call.type) || node.parent?.type === nodes.returns) return [];
  return [edit('missing await', replace({ start: node.start, end: call.start }, ''))];
}

/** `f();` for `return f();`, and the other way round as the last statement of an inner block. */
export function returnEdits(node: CodeNode, site: EditSite): readonly Edit[] {
  const { nodes } = site.edits;
  const value = namedChildren(node)[0];
  if (value === undefined || !nodes.calls.has(value.type)) return [];
  if (node.type === nodes.returns)
    return [edit('missing return', replace({ start: node.start, end: value.start }, ''))];
  const block = node.parent;
  if (node.type !== 'expression_statement' || block === null || !site.code.syntax.blocks.has(block.type)) return [];
  const isLast = namedChildren(block).at(-1) === node && block !== site.code.block;
  const isLoop = block.parent !== null && nodes.loops.has(block.parent.type);
  return isLast && isLoop
    ? [edit('returns too early', replace({ start: node.start, end: node.start }, 'return '))]
    : [];
}
