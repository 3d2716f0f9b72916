/** JavaScript, with JSX. Files with Flow types lose the functions that have them. */
import { javascriptSyntax } from '../code-signals/javascript-syntax.ts';
import { javascriptEdits } from '../mutate/javascript-edits.ts';
import type { Language } from './language.ts';

/** A function that is the value of something with a name; arrow functions count where they have a block. */
const value = `[
  (arrow_function [parameters: (_) parameter: (_)] @parameters body: (statement_block) @body)
  (function_expression parameters: (_) @parameters body: (_) @body)
  (generator_function parameters: (_) @parameters body: (_) @body)
]`;

/** The bodies again, for what stands around a function and belongs to its signature. */
const valueBody = `[
  (arrow_function body: (statement_block) @body)
  (function_expression body: (_) @body)
  (generator_function body: (_) @body)
]`;

/**
 * For JavaScript and for what extends it.
 * @param field The node of a class's field, and the field of that node that holds the name.
 */
export function ecmaUnits(field: { readonly node: string; readonly name: string }, classes: readonly string[]): string {
  return [
    ...['function_declaration', 'generator_function_declaration'].flatMap(declarationPatterns),
    '(method_definition name: (_) @name parameters: (_) @parameters body: (_) @body) @function',
    ...['lexical_declaration', 'variable_declaration'].flatMap(variablePatterns),
    `(expression_statement (assignment_expression left: (_) @name right: ${value})) @function`,
    `(pair key: (_) @name value: ${value}) @function`,
    `(${field.node} ${field.name}: (_) @name value: ${value}) @function`,
    ...classes.flatMap(classPatterns),
    '(comment) @comment',
    '[(string) (template_string) (regex)] @literal',
  ].join('\n');
}

function declarationPatterns(node: string): readonly string[] {
  return [
    `(${node} name: (_) @name parameters: (_) @parameters body: (_) @body) @function`,
    `(export_statement declaration: (${node} body: (_) @body)) @function`,
  ];
}

/** Of one variable: in a declaration of several, none has a statement of its own. */
function variablePatterns(node: string): readonly string[] {
  return [
    `(${node} . (variable_declarator name: (identifier) @name value: ${value}) .) @function`,
    `(export_statement declaration: (${node} . (variable_declarator value: ${valueBody}) .)) @function`,
  ];
}

function classPatterns(node: string): readonly string[] {
  return [
    `(${node} name: (_) @name body: (_) @body) @class`,
    `(export_statement declaration: (${node} body: (_) @body)) @class`,
  ];
}

export const ecmaKeywords: readonly string[] = (
  'async await break case catch class const continue debugger default delete do else export extends false finally ' +
  'for function get if import in instanceof let new null of return set static super switch this throw true try ' +
  'typeof undefined var void while with yield'
).split(' ');

export const javascript: Language = {
  name: 'javascript',
  grammars: { '.js': 'javascript', '.mjs': 'javascript', '.cjs': 'javascript', '.jsx': 'javascript' },
  lineComment: '//',
  units: ecmaUnits({ node: 'field_definition', name: 'property' }, ['class_declaration']),
  keywords: ecmaKeywords,
  documentation: 'before',
  testFile: /\.(?:test|tests|spec|bench|stories|e2e)\.[cm]?jsx?$/i,
  declarationFile: null,
  syntax: javascriptSyntax,
  edits: javascriptEdits,
};
