/** The wrong name: another variable of the same use, another member of the same object, the opposite. */
import { fieldOf, namedChildren, type CodeNode } from '../../code-signals/code-tree.ts';
import type { Occurrence, Variable } from '../../code-signals/variables.ts';
import type { Edit } from '../edit.ts';
import { argumentsOf, calleeOf, edit, isCallee, objectOf, replace, swap } from '../edit-site.ts';
import type { EditSite, LanguageEdits } from '../language-edits.ts';
import { areAlike } from '../roles.ts';
import { areSimilar, oppositesOf } from './opposites.ts';
import { operationAround } from './places.ts';

/** Parameters that stand for the object or class of a method: nobody takes them for another variable. */
const owners = new Set(['self', 'cls']);

/** A variable that is read more than once: taken away at one place it is still used. */
function readVariable(node: CodeNode, site: EditSite): Variable | null {
  const occurrence = site.occurrences.get(node);
  // In `{ a }` the name is a key too: another one would be another object.
  if (occurrence?.action !== 'read' || node.type !== 'identifier') return null;
  return owners.has(occurrence.name) ? null : occurrence.variable;
}

export function wrongVariableEdits(node: CodeNode, site: EditSite): readonly Edit[] {
  const variable = readVariable(node, site);
  if (variable === null || readsOf(variable).length < 2 || isCallee(node, site.edits)) return [];
  const others = site.code.variables.visibleAt(node).filter((other) => {
    return other !== variable && !owners.has(other.name) && areAlike(variable, other, site.roles);
  });
  return others
    .filter(({ name }) => !isBeside(node, name, site))
    .map(({ name }) => edit('wrong variable', replace(node, name)));
}

function readsOf({ occurrences }: Variable): readonly Occurrence[] {
  return occurrences.filter(({ action }) => action === 'read');
}

/** Whether the same thing would stand twice in one list of arguments or on both sides of an operator. */
function isBeside(node: CodeNode, text: string, site: EditSite): boolean {
  const operation = operationAround(node, site);
  const around = operation === null ? namedChildren(node.parent ?? node) : [operation.left, operation.right];
  return around.some((other) => other !== node && site.text(other) === text);
}

/** Two variables of one statement change places. */
export function swappedVariableEdits(node: CodeNode, site: EditSite): readonly Edit[] {
  if (!site.code.syntax.simpleStatements.has(node.type) && node.type !== site.edits.nodes.returns) return [];
  const read = namesIn(node, site);
  return read.flatMap((first, index) =>
    read.slice(index + 1).flatMap((second) => {
      const [a, b] = [readVariable(first, site), readVariable(second, site)];
      if (a === null || b === null || a === b || !areAlike(a, b, site.roles)) return [];
      return isCommutative(first, second, site) ? [] : [swap('swapped variables', site, first, second)];
    }),
  );
}

function namesIn(statement: CodeNode, site: EditSite): readonly CodeNode[] {
  const isRead = (node: CodeNode): boolean => readVariable(node, site) !== null && !isCallee(node, site.edits);
  return site.nodes.filter((node) => node.start >= statement.start && node.end <= statement.end && isRead(node));
}

/** Two operands of `a + b + c` and the like: nothing would change. Arguments have a rule of their own. */
function isCommutative(first: CodeNode, second: CodeNode, site: EditSite): boolean {
  if (first.parent === second.parent && first.parent?.type !== site.edits.nodes.subscript.type) return true;
  return sumAround(first, site) === sumAround(second, site);
}

const commutative = new Set('+ * & | && || == != === !== and or is'.split(' '));

/**
 * The outermost operation of one commutative operator that a node is an operand of; the node itself = there is none.
 */
function sumAround(node: CodeNode, site: EditSite): CodeNode {
  let [whole, operator] = [node, ''];
  for (let around = operationAround(whole, site); around !== null; around = operationAround(whole, site)) {
    const sign = site.text(around.operator);
    if (!commutative.has(sign) || (operator !== '' && sign !== operator) || whole.parent === null) break;
    [whole, operator] = [whole.parent, sign];
  }
  return whole;
}

/** Another member of the same object that the function uses in the same way. */
export function wrongMemberEdits(node: CodeNode, site: EditSite): readonly Edit[] {
  const { nodes } = site.edits;
  const property = node.type === nodes.member.type ? fieldOf(node, nodes.member.property) : null;
  if (property === null || isTarget(node)) return [];
  const own = site.text(property);
  const alike = (site.members.get(site.text(objectOf(node) ?? node)) ?? []).filter((other) => {
    const name = site.text(fieldOf(other, nodes.member.property) ?? other);
    return isUsedAlike(node, other, site) && (areSimilar(own, name) || areParallel(node, other, site));
  });
  const names = new Set(alike.map((other) => site.text(fieldOf(other, nodes.member.property) ?? other)));
  names.delete(own);
  const base = node.start;
  return [...names]
    .filter((name) => !isBeside(node, site.code.text.slice(base, property.start) + name, site))
    .map((name) => edit('wrong member', replace(property, name)));
}

/** Both are values in places of one sort, such as the right sides of two assignments. */
function areParallel(a: CodeNode, b: CodeNode, { edits }: EditSite): boolean {
  if (isCallee(a, edits) || isHolder(a, edits)) return false;
  return a.field === b.field && a.parent?.type === b.parent?.type && a.parent?.parent?.type === b.parent?.parent?.type;
}

/** The `a` of `a.b` and `a[b]`. */
function isHolder({ parent, field }: CodeNode, { nodes }: LanguageEdits): boolean {
  return field === 'object' || (field === 'value' && parent?.type === nodes.subscript.type);
}

/** What is assigned to: another member there would be assigned twice. */
function isTarget({ parent, field }: CodeNode): boolean {
  return field === 'left' && parent?.type.includes('assignment') === true;
}

/** Both are called with as many arguments, or neither is called. */
function isUsedAlike(a: CodeNode, b: CodeNode, { edits }: EditSite): boolean {
  const [first, second] = [isCallee(a, edits), isCallee(b, edits)];
  if (first !== second) return false;
  if (!first || a.parent === null || b.parent === null) return true;
  return argumentsOf(a.parent, edits).length === argumentsOf(b.parent, edits).length;
}

/** Another function of a similar name that this one calls with as many arguments. */
export function wrongCalleeEdits(node: CodeNode, site: EditSite): readonly Edit[] {
  const callee = site.edits.nodes.calls.has(node.type) ? calleeOf(node, site.edits) : null;
  if (callee?.type !== 'identifier') return [];
  const wanted = argumentsOf(node, site.edits).length;
  const others = [...site.calls].filter(([name, calls]) => {
    const isAlike = calls.some((call) => call.type === node.type && argumentsOf(call, site.edits).length === wanted);
    return name !== site.text(callee) && isAlike && areSimilar(name, site.text(callee));
  });
  return others.map(([name]) => edit('wrong function', replace(callee, name)));
}

/** `min` for `max`: members and functions. */
export function oppositeEdits(node: CodeNode, site: EditSite): readonly Edit[] {
  const { nodes } = site.edits;
  const isProperty = node.parent?.type === nodes.member.type && node.field === nodes.member.property;
  if (!isProperty && !(node.type === 'identifier' && isCallee(node, site.edits))) return [];
  // A variable of the function has one name everywhere.
  if (!isProperty && site.occurrences.get(node)?.variable != null) return [];
  // Whether there is a function of a made-up name nobody knows.
  const isCalled = isCallee(node, site.edits) || (node.parent !== null && isCallee(node.parent, site.edits));
  const others = oppositesOf(site.text(node), site.edits.opposites, !isCalled);
  return others.map((other) => edit('opposite name', replace(node, other)));
}

/** `a` for `this.a` where there is a variable of that name, and the other way round. */
export function selfEdits(node: CodeNode, site: EditSite): readonly Edit[] {
  const { nodes } = site.edits;
  if (node.type === nodes.member.type) {
    const property = fieldOf(node, nodes.member.property);
    if (property === null || site.text(objectOf(node) ?? node) !== nodes.self || isCallee(node, site.edits)) return [];
    const name = site.text(property);
    const isVisible = site.code.variables.visibleAt(node).some((variable) => variable.name === name);
    return isVisible ? [edit('missing owner', replace(node, name))] : [];
  }
  const variable = readVariable(node, site);
  if (variable === null || readsOf(variable).length < 2 || isCallee(node, site.edits)) return [];
  const own = site.members.get(nodes.self) ?? [];
  const isMember = own.some((member) => site.text(member) === `${nodes.self}.${variable.name}`);
  return isMember ? [edit('member for variable', replace(node, `${nodes.self}.${variable.name}`))] : [];
}
