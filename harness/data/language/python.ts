/** Python: `def` and `async def`, with their decorators. Notebooks are read as one file of their code cells. */
import { pythonSyntax } from '../code-signals/python-syntax.ts';
import { pythonEdits } from '../mutate/python-edits.ts';
import type { Language } from './language.ts';

const units = `
(function_definition name: (_) @name parameters: (_) @parameters ":" @opens body: (block) @body) @function
(decorated_definition definition: (function_definition body: (block) @body)) @function
(class_definition name: (_) @name ":" @opens body: (block) @body) @class
(decorated_definition definition: (class_definition body: (block) @body)) @class
(comment) @comment
(string) @literal
`;

export const python: Language = {
  name: 'python',
  grammars: { '.py': 'python', '.pyw': 'python', '.ipynb': 'python' },
  lineComment: '#',
  units,
  keywords: (
    'False None True and as assert async await break case class continue def del elif else except finally for from ' +
    'global if import in is lambda match nonlocal not or pass raise return self try while with yield'
  ).split(' '),
  documentation: 'docstring',
  testFile: /(?:^|\/)(?:test_[^/]*|[^/]*_tests?|tests?|conftest)\.py$/i,
  declarationFile: null,
  syntax: pythonSyntax,
  edits: pythonEdits,
};
