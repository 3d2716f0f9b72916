/** Where the edits apply in JavaScript and TypeScript. */
import { namedChildren, type CodeNode } from '../code-signals/code-tree.ts';
import { commonRules } from './common-rules.ts';
import type { EditNodes, LanguageEdits, Rule } from './language-edits.ts';
import { edit, replace } from './edit-site.ts';
import { orderings } from './orderings.ts';

const nodes: EditNodes = {
  calls: new Set(['call_expression', 'new_expression']),
  callees: new Set(['function', 'constructor']),
  argumentLists: new Set(['arguments']),
  member: { type: 'member_expression', property: 'property' },
  subscript: { type: 'subscript_expression', index: 'index' },
  numbers: new Set(['number']),
  strings: new Set(['string']),
  booleans: { true: 'false', false: 'true' },
  negations: new Set(['unary_expression']),
  negation: '!',
  self: 'this',
  lists: new Set(['array']),
  maps: new Set(['object']),
  entries: new Set(['pair']),
  loops: new Set(['for_statement', 'for_in_statement', 'while_statement', 'do_statement']),
  awaits: new Set(['await_expression']),
  returns: 'return_statement',
  untouched: new Set([
    'throw_statement',
    'decorator',
    'type_annotation',
    'type_arguments',
    'type_parameters',
    'type_query',
    'literal_type',
    'union_type',
    'intersection_type',
    'generic_type',
    'function_type',
    'object_type',
    'array_type',
    'lookup_type',
    'conditional_type',
    'interface_declaration',
    'type_alias_declaration',
    'enum_declaration',
  ]),
  armsOf: (node) => {
    if (node.type !== 'ternary_expression') return null;
    const [, consequence, alternative] = namedChildren(node);
    return consequence !== undefined && alternative !== undefined ? [consequence, alternative] : null;
  },
  isCondition,
};

function isCondition(node: CodeNode): boolean {
  const { parent, field } = node;
  if (parent === null || !node.isNamed) return false;
  switch (parent.type) {
    case 'parenthesized_expression':
      return parent.field === 'condition' || isCondition(parent);
    case 'for_statement':
    case 'ternary_expression':
      return field === 'condition';
    case 'binary_expression':
      return (
        parent.children.some(({ type }) => type === '&&' || type === '||') && (field === 'left' || isCondition(parent))
      );
    default:
      return false;
  }
}

/** The names of an object for its values, and the other way round. */
function forOfEdits(node: CodeNode): ReturnType<Rule['editsAt']> {
  const operator =
    node.type === 'for_in_statement' ? node.children.find(({ field }) => field === 'operator') : undefined;
  if (operator === undefined) return [];
  return [edit('wrong loop', replace(operator, operator.type === 'of' ? 'in' : 'of'))];
}

export const javascriptEdits: LanguageEdits = {
  nodes,
  rules: [...commonRules, { weight: 1, editsAt: forOfEdits }],
  opposites: [
    ['min', 'max'],
    ['floor', 'ceil'],
    ['floor', 'round'],
    ['sin', 'cos'],
    ['x', 'y'],
    ['y', 'z'],
    ['r', 'g'],
    ['g', 'b'],
    ['left', 'right'],
    ['top', 'bottom'],
    ['width', 'height'],
    ['near', 'far'],
    ['east', 'west'],
    ['north', 'south'],
    ['start', 'end'],
    ['from', 'to'],
    ['first', 'last'],
    ['row', 'column'],
    ['parent', 'child'],
    ['previous', 'next'],
    ['prev', 'next'],
    ['push', 'unshift'],
    ['pop', 'shift'],
    ['some', 'every'],
    ['map', 'filter'],
    ['find', 'filter'],
    ['slice', 'splice'],
    ['keys', 'values'],
    ['values', 'entries'],
    ['indexOf', 'lastIndexOf'],
    ['startsWith', 'endsWith'],
    ['toLowerCase', 'toUpperCase'],
    ['trimStart', 'trimEnd'],
    ['call', 'apply'],
    ['firstChild', 'lastChild'],
    ['nextSibling', 'previousSibling'],
    ['parentNode', 'firstChild'],
    ['input', 'output'],
    ['setTimeout', 'setInterval'],
    ['addEventListener', 'removeEventListener'],
  ],
  operators: {
    ...orderings,
    '===': [{ kind: 'equality', others: ['!=='] }],
    '!==': [{ kind: 'equality', others: ['==='] }],
    '==': [{ kind: 'equality', others: ['!='] }],
    '!=': [{ kind: 'equality', others: ['=='] }],
    '&&': [{ kind: 'logical', others: ['||'] }],
    '||': [{ kind: 'logical', others: ['&&'] }],
    '+': [{ kind: 'arithmetic', others: ['-'] }],
    '-': [{ kind: 'arithmetic', others: ['+'] }],
    '*': [{ kind: 'arithmetic', others: ['/'] }],
    '/': [{ kind: 'arithmetic', others: ['*'] }],
    '<<': [{ kind: 'arithmetic', others: ['>>'] }],
    '>>': [{ kind: 'arithmetic', others: ['<<'] }],
    '&': [{ kind: 'arithmetic', others: ['|'] }],
    '|': [{ kind: 'arithmetic', others: ['&'] }],
    '+=': [{ kind: 'accumulation', others: ['-=', '='] }],
    '-=': [{ kind: 'accumulation', others: ['+='] }],
    '*=': [{ kind: 'accumulation', others: ['/='] }],
    '/=': [{ kind: 'accumulation', others: ['*='] }],
  },
  logging:
    /(?:^|\.)(?:console|log|logger|debug|warnings?)\.\w+$|^(?:debug|deprecated?|oneTimeWarning|deprecationWarning|warn|invariant|assert)$|Error$|^(?:Check|Debug|Logger|Tools)\./,
  symmetric: new Set(['min', 'max', 'hypot', 'equals', 'isEqual', 'gcd', 'lcm', 'is', 'union', 'assign']),
  optionalArguments: new Set([
    'slice',
    'substring',
    'substr',
    'splice',
    'indexOf',
    'lastIndexOf',
    'reduce',
    'join',
    'fill',
    'padStart',
    'padEnd',
  ]),
};
