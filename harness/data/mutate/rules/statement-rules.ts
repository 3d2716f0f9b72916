/** The wrong statement: forgotten, in the wrong order, inside a block that it should follow, or the other way round. */
import { statementsOf } from '../../code-signals/reachable.ts';
import { fieldOf, type CodeNode } from '../../code-signals/code-tree.ts';
import type { Edit, Range } from '../edit.ts';
import { edit, replace } from '../edit-site.ts';
import type { EditSite } from '../language-edits.ts';
import { areDependent, effectsOf } from './effects.ts';
import { indentOf, wholeLines } from './places.ts';

/** `if (...) return;` that is forgotten: a missing guard. */
export function droppedGuardEdits(node: CodeNode, site: EditSite): readonly Edit[] {
  if (node.type !== 'if_statement' || site.code.syntax.elseOf(node) !== null) return [];
  if (node.children.some(({ type }) => type === 'elif_clause')) return [];
  const consequence = fieldOf(node, 'consequence');
  const only = consequence === null ? undefined : innerStatements(consequence, site)[0];
  if (only === undefined || consequence === null || innerStatements(consequence, site).length !== 1) return [];
  if (!site.code.syntax.exits.has(only.type)) return [];
  return droppedLines(node, site, 'missing guard');
}

function innerStatements(node: CodeNode, site: EditSite): readonly CodeNode[] {
  return site.code.syntax.blocks.has(node.type) ? statementsOf(node) : [node];
}

/** A call or an assignment that is forgotten. */
export function droppedStatementEdits(node: CodeNode, site: EditSite): readonly Edit[] {
  if (node.type !== 'expression_statement') return [];
  const isCallOrAssignment = node.children.some(
    ({ type }) => site.edits.nodes.calls.has(type) || type.includes('assignment') || type === 'update_expression',
  );
  if (!isCallOrAssignment || isUntouched(node, site)) return [];
  return droppedLines(node, site, 'missing statement');
}

/** What only tells a person something is not missed. */
function isUntouched(statement: CodeNode, site: EditSite): boolean {
  return site.edits.logging.test(site.text(statement).replace(/\([^]*/, ''));
}

function droppedLines(node: CodeNode, site: EditSite, kind: string): readonly Edit[] {
  const block = node.parent;
  if (block === null || !site.code.syntax.blocks.has(block.type) || statementsOf(block).length < 2) return [];
  const lines = wholeLines(node, site, true);
  return lines === null ? [] : [edit(kind, replace(withBlankLine(lines, site), ''))];
}

/** With the empty line above, where another one or the end of the block would follow it. */
function withBlankLine({ start, end }: Range, { code: { text } }: EditSite): Range {
  const above = /\n[ \t]*\n$/.test(text.slice(0, start));
  const isLastOrBlank = /^[ \t]*(?:\n|\}|$)/.test(text.slice(end));
  return above && isLastOrBlank ? { start: text.slice(0, start).trimEnd().length + 1, end } : { start, end };
}

/** Two neighbouring statements of which one uses what the other changes. */
export function swappedStatementEdits(node: CodeNode, site: EditSite): readonly Edit[] {
  const next = nextStatement(node, site);
  if (next === null || !isMovable(node, site) || !isMovable(next, site)) return [];
  const [a, b] = [effectsOf(node, site), effectsOf(next, site)];
  if (a.declares.some((name) => b.reads.includes(name)) || b.declares.some((name) => a.reads.includes(name))) return [];
  if (!areDependent(a, b)) return [];
  return [edit('wrong order', replace(node, site.text(next)), replace(next, site.text(node)))];
}

function nextStatement(node: CodeNode, site: EditSite): CodeNode | null {
  const block = node.parent;
  if (block === null || !site.code.syntax.blocks.has(block.type)) return null;
  const statements = statementsOf(block);
  return statements[statements.indexOf(node) + 1] ?? null;
}

function isMovable(node: CodeNode, site: EditSite): boolean {
  return (
    site.code.syntax.simpleStatements.has(node.type) && wholeLines(node, site) !== null && !isUntouched(node, site)
  );
}

/** The last statement of a loop or a branch behind it, and the statement behind one as its last. */
export function movedStatementEdits(node: CodeNode, site: EditSite): readonly Edit[] {
  const block = innerBlock(node, site);
  const last = block === null ? undefined : statementsOf(block).at(-1);
  if (block === null || last === undefined) return [];
  const next = nextStatement(node, site);
  return [...movedOut(node, block, last, site), ...(next === null ? [] : movedIn(node, last, next, site))];
}

/** Of a loop, or of an `if` without `else`. */
function innerBlock(node: CodeNode, site: EditSite): CodeNode | null {
  const isLoop = site.edits.nodes.loops.has(node.type);
  if (!isLoop && (node.type !== 'if_statement' || node.children.some(({ field }) => field === 'alternative')))
    return null;
  const block = fieldOf(node, isLoop ? 'body' : 'consequence');
  return block !== null && site.code.syntax.blocks.has(block.type) ? block : null;
}

function movedOut(node: CodeNode, block: CodeNode, last: CodeNode, site: EditSite): readonly Edit[] {
  const lines = wholeLines(last, site);
  const behind = wholeLines(node, site, true);
  if (lines === null || behind === null || statementsOf(block).length < 2) return [];
  if (site.code.syntax.exits.has(last.type) && last.type !== site.edits.nodes.returns) return [];
  const text = `\n${indentOf(node, site)}${lineText(lines, site)}`;
  const end = Math.max(node.end, lines.end);
  // In Python both end at one place: the line is only indented less.
  if (node.end <= lines.end) return [edit('outside the block', replace(indentRange(last, site), indentOf(node, site)))];
  return [edit('outside the block', replace(lines, ''), replace({ start: end, end }, text))];
}

function movedIn(node: CodeNode, last: CodeNode, next: CodeNode, site: EditSite): readonly Edit[] {
  const [lines, lastLines] = [wholeLines(next, site), wholeLines(last, site, true)];
  if (lines === null || lastLines === null || site.code.syntax.exits.has(last.type)) return [];
  if (!isMovable(next, site) && next.type !== site.edits.nodes.returns) return [];
  const indent = indentOf(last, site);
  if (last.end >= node.end) return [edit('inside the block', replace(indentRange(next, site), indent))];
  const at = { start: last.end, end: last.end };
  return [edit('inside the block', replace(at, `\n${indent}${lineText(lines, site)}`), replace(lines, ''))];
}

function indentRange(node: Range, site: EditSite): Range {
  return { start: node.start - indentOf(node, site).length, end: node.start };
}

function lineText({ start, end }: Range, { code: { text } }: EditSite): string {
  return text.slice(start, end).trim();
}

/** `continue` for `break`, as the last statement of its block. */
export function jumpEdits(node: CodeNode): readonly Edit[] {
  const word = node.children[0];
  if (word === undefined || (node.type !== 'break_statement' && node.type !== 'continue_statement')) return [];
  if (node.children.some(({ isNamed }) => isNamed) || node.parent?.type.startsWith('switch') === true) return [];
  return [edit('wrong jump', replace(word, node.type === 'break_statement' ? 'continue' : 'break'))];
}
