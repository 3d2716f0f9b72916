/** A programming language, as far as a corpus is concerned. One record a language, one file a record. Types only. */

import type { CodeSyntax } from '../code-signals/code-syntax.ts';
import type { LanguageEdits } from '../mutate/language-edits.ts';

/** What can be cut out of a file. A function inside a class is a method. */
export type Unit = 'function' | 'method' | 'class';

export interface Language {
  /** As in `CorpusFunction.language`, and in experiment files. */
  readonly name: string;
  /** Extension of its files -> grammar that reads them. The first grammar reads a function of its own. */
  readonly grammars: Readonly<Record<string, string>>;
  /** Opens a comment that ends with the line. */
  readonly lineComment: string;
  /**
   * What a function is: a tree-sitter query. Its captures, by name:
   *
   * - `function`, `class`: the unit with what belongs to its signature. Of several for one body the widest counts.
   * - `name`: its own name, by which equal functions may differ.
   * - `parameters`: absent in classes.
   * - `body`.
   * - `opens`: what ends the signature, where it is not the first character of the body.
   * - `decorator`: one that stands before a unit without being part of it.
   * - `comment`, and `literal`: strings and the like, which are one token.
   */
  readonly units: string;
  /** Words that are no names: they stay when the names of a function are taken away. */
  readonly keywords: readonly string[];
  /** Where a function's documentation is: in comments before it, or there and in a string that opens its body. */
  readonly documentation: 'before' | 'docstring';
  /** Path of a file of tests, by the custom of the language; folders of tests are known without it. */
  readonly testFile: RegExp;
  /** Path of a file that declares but does nothing; null = the language has none. */
  readonly declarationFile: RegExp | null;
  /** What declares, reads and ends what: for the signals that tell doubtful code without running it. */
  readonly syntax: CodeSyntax;
  /** Which mistakes the pair source `mutate` can make; null = none. */
  readonly edits: LanguageEdits | null;
}
