/** YAML text -> a located tree, or its errors. YAML 1.2 core; nothing is coerced. */
import { isMap, isSeq, LineCounter, parseDocument, type Document, type Node } from 'yaml';
import type { Located, LocatedMap } from './located.ts';
import { specError, type Origin, type Path, type SpecError } from './problem.ts';
import { syntaxProblems, type SyntaxProblem } from './syntax-problems.ts';
import { TreeBuilder } from './tree-builder.ts';

const yamlOptions = { prettyErrors: false, version: '1.2' } as const;

/** `tree` is null where the text cannot be checked any further. */
export interface ReadYaml<Tree extends Located> {
  readonly tree: Tree | null;
  readonly errors: readonly SpecError[];
}

/** One YAML file -> its map of keys. */
export function readYamlFile(text: string, file: string): ReadYaml<LocatedMap> {
  const lineCounter = new LineCounter();
  const document = parseDocument(text, { ...yamlOptions, lineCounter });
  const originAt = originsIn(file, lineCounter);
  const sources = new Map([[file, text]]);
  const problems = documentProblems(document, text, lineCounter);
  if (problems.length > 0) return { tree: null, errors: problems.map((one) => fileError(one, originAt, sources)) };
  return asMap(built(new TreeBuilder({ document, originAt, sources }), document.contents, []));
}

function fileError(
  { offset, ...words }: SyntaxProblem,
  originAt: (offset: number) => Origin,
  sources: ReadonlyMap<string, string>,
): SpecError {
  return specError(originAt(offset), { path: '(file)', ...words }, sources);
}

function originsIn(file: string, lines: LineCounter): (offset: number) => Origin {
  return (offset) => {
    const { line, col } = lines.linePos(offset);
    return { file, line: Math.max(line, 1), column: Math.max(col, 1) };
  };
}

function documentProblems(document: Document.Parsed, text: string, lines: LineCounter): readonly SyntaxProblem[] {
  const faults = [...document.errors, ...document.warnings];
  if (faults.length > 0) return syntaxProblems(faults, text, (offset) => lines.linePos(offset).line);
  const fault = documentFault(document, text);
  return fault === null ? [] : [fault];
}

function documentFault({ contents, directives }: Document, text: string): SyntaxProblem | null {
  const version = directives?.yaml.version ?? '1.2';
  if (version !== '1.2')
    return { offset: text.search(/^%YAML/m), expected: 'YAML 1.2', found: `the directive %YAML ${version}` };
  if (isMap(contents)) return null;
  const found = contents === null ? 'an empty file' : isSeq(contents) ? 'a list' : 'plain text';
  return { offset: contents?.range?.[0] ?? 0, expected: 'an experiment (a map of keys)', found };
}

function built(builder: TreeBuilder, node: Node | null, path: Path): ReadYaml<Located> {
  const tree = builder.build(node, path);
  const isWhole = builder.faults.length === 0;
  return { tree: isWhole ? tree : null, errors: [...builder.faults, ...builder.misreadings] };
}

function asMap({ tree, errors }: ReadYaml<Located>): ReadYaml<LocatedMap> {
  return { tree: tree?.kind === 'map' ? tree : null, errors };
}

/**
 * The YAML values of a command line override, `1, {kind: lm}`: all have the origin of the override.
 * @returns null where the text is no YAML.
 */
export function readYamlValues(text: string, path: string, origin: Origin): ReadYaml<Located>[] | null {
  const document = parseDocument(`[${text}\n]`, yamlOptions);
  const { contents } = document;
  if (document.errors.length > 0 || document.warnings.length > 0 || !isSeq(contents)) return null;
  return contents.items.map((item) =>
    built(new TreeBuilder({ document, originAt: () => origin, sources: new Map() }), item as Node | null, [path]),
  );
}
