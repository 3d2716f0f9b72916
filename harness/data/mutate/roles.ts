/** How variables are used, as far as their places tell: two of one role can be mixed up, two of different roles not. */
import type { FunctionCode } from '../code-signals/function-code.ts';
import { fieldOf, type CodeNode } from '../code-signals/code-tree.ts';
import type { Occurrence, Variable } from '../code-signals/variables.ts';
import type { LanguageEdits, Role } from './language-edits.ts';

export function findRoles(code: FunctionCode, edits: LanguageEdits): Map<Variable, ReadonlySet<Role>> {
  return new Map(
    code.variables.all.map((variable) => [
      variable,
      new Set(variable.occurrences.flatMap((occurrence) => rolesAt(occurrence, code, edits))),
    ]),
  );
}

const numeric = new Set('- * / % ** // < <= > >= << >> >>> | & ^ -= *= /='.split(' '));

function rolesAt({ node, action }: Occurrence, code: FunctionCode, edits: LanguageEdits): readonly Role[] {
  const { parent, field } = node;
  if (parent === null) return [];
  const { nodes } = edits;
  if (nodes.calls.has(parent.type) && field !== null && nodes.callees.has(field)) return ['called'];
  if (parent.type === nodes.member.type && field === 'object') return memberRoles(parent, code, edits);
  if (parent.type === nodes.subscript.type) return field === nodes.subscript.index ? ['number'] : ['list'];
  if (nodes.loops.has(parent.type) && field === 'right') return ['list'];
  if (parent.type === 'update_expression' || isNumericOperand(node, code)) return ['number'];
  if (action === 'declare' && isNumber(fieldOf(parent, 'value') ?? fieldOf(parent, 'right'), nodes.numbers))
    return ['number'];
  return nodes.isCondition(node) ? ['condition'] : [];
}

/** `a.length` makes a list of `a`. */
function memberRoles(member: CodeNode, { text }: FunctionCode, { nodes }: LanguageEdits): readonly Role[] {
  const property = fieldOf(member, nodes.member.property);
  const name = property === null ? '' : text.slice(property.start, property.end);
  return name === 'length' ? ['list'] : ['object', `object:${name}`];
}

function isNumericOperand({ parent }: CodeNode, { syntax, text }: FunctionCode): boolean {
  const operation = parent === null ? null : syntax.operationOf(parent);
  if (operation !== null) return numeric.has(text.slice(operation.operator.start, operation.operator.end));
  const operator = parent === null ? null : fieldOf(parent, 'operator');
  return operator !== null && numeric.has(text.slice(operator.start, operator.end));
}

function isNumber(node: CodeNode | null, numbers: ReadonlySet<string>): boolean {
  return node !== null && numbers.has(node.type);
}

/**
 * Whether one can be taken for the other: both are used in one way, such as objects with one member in common, or
 * neither says how it is used and both are parameters, or neither is.
 */
export function areAlike(a: Variable, b: Variable, roles: ReadonlyMap<Variable, ReadonlySet<Role>>): boolean {
  const [first, second] = [roles.get(a) ?? new Set<Role>(), roles.get(b) ?? new Set<Role>()];
  if (first.has('called') !== second.has('called')) return false;
  const telling = (role: Role): boolean => role !== 'condition' && role !== 'object';
  if ([...first].some((role) => telling(role) && second.has(role))) return true;
  const isVague = ![...first, ...second].some(telling) && first.has('object') === second.has('object');
  return isVague && a.isParameter === b.isParameter;
}
