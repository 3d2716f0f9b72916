/** TypeScript, with TSX. */
import { javascriptSyntax } from '../code-signals/javascript-syntax.ts';
import { javascriptEdits } from '../mutate/javascript-edits.ts';
import { ecmaKeywords, ecmaUnits } from './javascript.ts';
import type { Language } from './language.ts';

const classes = ['class_declaration', 'abstract_class_declaration'];

export const typescript: Language = {
  name: 'typescript',
  grammars: { '.ts': 'typescript', '.mts': 'typescript', '.cts': 'typescript', '.tsx': 'tsx' },
  lineComment: '//',
  units: `${ecmaUnits({ node: 'public_field_definition', name: 'name' }, classes)}\n(decorator) @decorator`,
  keywords: [
    ...ecmaKeywords,
    ...(
      'abstract any as asserts bigint boolean declare enum implements infer interface is keyof namespace never number ' +
      'object override private protected public readonly satisfies string symbol type unique unknown'
    ).split(' '),
  ],
  documentation: 'before',
  testFile: /\.(?:test|tests|spec|bench|stories|e2e|test-d)\.[cm]?tsx?$/i,
  declarationFile: /\.d\.(?:\w+\.)?[cm]?ts$/i,
  syntax: javascriptSyntax,
  edits: javascriptEdits,
};
