/** Where the edits apply in Python. */
import { fieldOf, namedChildren, type CodeNode } from '../code-signals/code-tree.ts';
import { commonRules } from './common-rules.ts';
import type { Edit } from './edit.ts';
import { argumentsOf, calleeOf, edit, objectOf, replace } from './edit-site.ts';
import type { EditSite, EditNodes, LanguageEdits } from './language-edits.ts';
import { orderings } from './orderings.ts';

const nodes: EditNodes = {
  calls: new Set(['call']),
  callees: new Set(['function']),
  argumentLists: new Set(['argument_list']),
  member: { type: 'attribute', property: 'attribute' },
  subscript: { type: 'subscript', index: 'subscript' },
  numbers: new Set(['integer']),
  strings: new Set(['string']),
  booleans: { true: 'False', false: 'True' },
  negations: new Set(['not_operator']),
  negation: 'not ',
  self: 'self',
  lists: new Set(['list']),
  maps: new Set(['dictionary']),
  entries: new Set(['pair', 'keyword_argument']),
  loops: new Set(['for_statement', 'while_statement']),
  awaits: new Set(['await']),
  returns: 'return_statement',
  untouched: new Set([
    'raise_statement',
    'assert_statement',
    'decorator',
    'type',
    'import_statement',
    'import_from_statement',
    'global_statement',
    'nonlocal_statement',
  ]),
  armsOf: ({ type, children }) => {
    const [consequence, alternative] = [children[0], children.at(-1)];
    const isWhole = type === 'conditional_expression' && consequence !== undefined && alternative !== undefined;
    return isWhole ? [consequence, alternative] : null;
  },
  isCondition,
};

function isCondition(node: CodeNode): boolean {
  const { parent, field } = node;
  if (parent === null || !node.isNamed) return false;
  switch (parent.type) {
    case 'if_statement':
    case 'elif_clause':
    case 'while_statement':
      return field === 'condition';
    case 'parenthesized_expression':
      return isCondition(parent);
    case 'conditional_expression':
      return namedChildren(parent)[1] === node;
    case 'if_clause':
      return true;
    case 'boolean_operator':
      return field === 'left' || isCondition(parent);
    default:
      return false;
  }
}

/** `range(n)` for `range(1, n)`, and the other way round. */
function rangeEdits(node: CodeNode, site: EditSite): readonly Edit[] {
  const callee = node.type === 'call' ? calleeOf(node, site.edits) : null;
  if (callee === null || site.text(callee) !== 'range') return [];
  const [first, second, ...others] = argumentsOf(node, site.edits);
  if (first === undefined || others.length > 0) return [];
  if (second !== undefined) return [edit('wrong range', replace({ start: first.start, end: second.start }, ''))];
  return [edit('wrong range', replace({ start: first.start, end: first.start }, '1, '))];
}

/** `a[b]` for `a.get(b)`: it fails where the key is missing. */
function lookupEdits(node: CodeNode, site: EditSite): readonly Edit[] {
  const callee = node.type === 'call' ? calleeOf(node, site.edits) : null;
  const [object, name] = callee === null ? [null, null] : [objectOf(callee), fieldOf(callee, nodes.member.property)];
  if (object === null || name === null || site.text(name) !== 'get') return [];
  const [key, ...others] = argumentsOf(node, site.edits);
  if (key === undefined || others.length > 1 || key.type === 'keyword_argument') return [];
  return [edit('missing key', replace({ start: object.end, end: node.end }, `[${site.text(key)}]`))];
}

export const pythonEdits: LanguageEdits = {
  nodes,
  rules: [...commonRules, { weight: 2, editsAt: rangeEdits }, { weight: 1, editsAt: lookupEdits }],
  opposites: [
    ['min', 'max'],
    ['any', 'all'],
    ['floor', 'ceil'],
    ['sin', 'cos'],
    ['x', 'y'],
    ['y', 'z'],
    ['left', 'right'],
    ['top', 'bottom'],
    ['width', 'height'],
    ['start', 'end'],
    ['start', 'stop'],
    ['first', 'last'],
    ['row', 'column'],
    ['parent', 'child'],
    ['append', 'extend'],
    ['add', 'update'],
    ['keys', 'values'],
    ['values', 'items'],
    ['keys', 'items'],
    ['lower', 'upper'],
    ['strip', 'lstrip'],
    ['strip', 'rstrip'],
    ['lstrip', 'rstrip'],
    ['split', 'rsplit'],
    ['find', 'rfind'],
    ['startswith', 'endswith'],
    ['pop', 'popleft'],
    ['append', 'appendleft'],
    ['isinstance', 'issubclass'],
    ['sorted', 'reversed'],
    ['dirname', 'basename'],
    ['isfile', 'isdir'],
    ['exists', 'isfile'],
    ['encode', 'decode'],
    ['union', 'intersection'],
    ['remove', 'discard'],
    ['search', 'match'],
    ['match', 'fullmatch'],
    ['read', 'readlines'],
    ['readline', 'readlines'],
    ['getattr', 'hasattr'],
    ['sum', 'len'],
    ['input', 'output'],
    ['rows', 'cols'],
    ['mean', 'sum'],
    ['zeros', 'ones'],
  ],
  operators: {
    ...orderings,
    '==': [{ kind: 'equality', others: ['!='] }],
    '!=': [{ kind: 'equality', others: ['=='] }],
    is: [{ kind: 'equality', others: ['is not'] }],
    'is not': [{ kind: 'equality', others: ['is'] }],
    in: [{ kind: 'equality', others: ['not in'] }],
    'not in': [{ kind: 'equality', others: ['in'] }],
    and: [{ kind: 'logical', others: ['or'] }],
    or: [{ kind: 'logical', others: ['and'] }],
    '+': [{ kind: 'arithmetic', others: ['-'] }],
    '-': [{ kind: 'arithmetic', others: ['+'] }],
    '*': [{ kind: 'arithmetic', others: ['/', '**'] }],
    '/': [{ kind: 'arithmetic', others: ['*', '//'] }],
    '//': [{ kind: 'arithmetic', others: ['/', '%'] }],
    '%': [{ kind: 'arithmetic', others: ['//'] }],
    '**': [{ kind: 'arithmetic', others: ['*'] }],
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
    /(?:^|\.)(?:log|logger|logging|_logger|_log|LOGGER|LOG|warnings?)\.\w+$|^(?:print|warn|deprecated)$|(?:Error|Warning)$/,
  symmetric: new Set(['min', 'max', 'gcd', 'lcm', 'hypot', 'isclose', 'union', 'print', 'maximum', 'minimum']),
  optionalArguments: new Set(['get', 'getattr', 'pop', 'split', 'replace', 'enumerate', 'sum', 'round', 'rsplit']),
};
