/** Edits of names: the wrong variable, property, method or string, and members too many or too few. */
import type { Edit, Operator } from './edit.ts';
import { oppositeOf } from './opposite-names.ts';
import { isCallee, isCondition, isSimple, propertyName, type FunctionSites, type Site } from './site.ts';

export function nameEdits(sites: FunctionSites): Edit[] {
  return sites.sites.flatMap((site) => [
    ...variableEdits(sites, site),
    ...propertyEdits(sites, site),
    ...memberEdits(sites, site),
    ...offByOneEdits(sites, site),
  ]);
}

function variableEdits(sites: FunctionSites, site: Site): Edit[] {
  const { node, parent } = site;
  // `{ a }` is key and variable in one: another name there would be another object.
  if (node.type !== 'Identifier' || (parent?.type === 'Property' && parent.shorthand)) return [];
  const others = isCallee(site) ? sites.callees : sites.locals;
  const operator = variableOperator(site);
  return others.filter((name) => name !== node.name).map((name) => sites.replace(operator, node, name));
}

function variableOperator(site: Site): Operator {
  if (isCallee(site)) return 'wrong callee';
  return site.parent?.type === 'ReturnStatement' ? 'wrong return' : 'wrong variable';
}

function propertyEdits(sites: FunctionSites, site: Site): Edit[] {
  const { node } = site;
  const [name] = propertyName(node);
  if (name === undefined || node.type !== 'MemberExpression') return [];
  const others = (isCallee(site) ? sites.methods : sites.properties).filter((other) => other !== name);
  return [
    ...others.map((other) => sites.replace('wrong property', node.property, other)),
    ...oppositeOf(name).map((other) => sites.replace('opposite name', node.property, other)),
  ];
}

/** `a.b` -> `a`, and `a` -> `a.b` with a property that the function reads elsewhere. */
function memberEdits(sites: FunctionSites, site: Site): Edit[] {
  const { node, parent } = site;
  if (isCallee(site) || parent?.type === 'UpdateExpression' || parent?.type === 'UnaryExpression') return [];
  if (node.type === 'MemberExpression') {
    const inner = sites.text(node.object);
    return node.object.type === 'Super' || node.optional
      ? []
      : [sites.replace('dropped property', node, inner), ...addedProperties(sites, site)];
  }
  return addedProperties(sites, site);
}

/** Nodes that read the values inside them. */
const readers: ReadonlySet<string> = new Set([
  'ReturnStatement',
  'CallExpression',
  'VariableDeclarator',
  'BinaryExpression',
  'AssignmentExpression',
]);

function addedProperties(sites: FunctionSites, { node, parent }: Site): Edit[] {
  if (!readers.has(parent?.type ?? '')) return [];
  if (node.type !== 'MemberExpression' && node.type !== 'Identifier' && node.type !== 'ThisExpression') return [];
  const own = propertyName(node);
  return sites.properties
    .filter((name) => !own.includes(name))
    .map((name) => sites.replace('added property', node, `${sites.text(node)}.${name}`));
}

/** `a[i]` -> `a[i + 1]`; and an operand of a comparison or an argument one too many or too few. */
function offByOneEdits(sites: FunctionSites, site: Site): Edit[] {
  const { node } = site;
  if (!isSimple(node) || node.type === 'ThisExpression' || isCallee(site) || isCondition(site)) return [];
  if (!isCount(site)) return [];
  return ['+', '-'].map((sign) => sites.replace('off by one', node, `${sites.text(node)} ${sign} 1`));
}

/** An index, an operand of a comparison, or a length. */
function isCount({ node, parent }: Site): boolean {
  if (parent?.type === 'MemberExpression' && parent.computed && parent.property === node) return true;
  if (parent?.type === 'BinaryExpression' && /^[<>]=?$/.test(parent.operator)) return true;
  return propertyName(node).some((name) => name === 'length' || name === 'size');
}
