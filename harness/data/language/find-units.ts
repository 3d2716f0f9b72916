/** Where the functions, methods and classes of a file are, and its comments and literals, by one query of its tree. */
import type { CodeParser, SyntaxNode, SyntaxQuery } from './grammars.ts';
import type { Language, Unit } from './language.ts';
import { lastIndex } from './last-index.ts';

/** [start, end) in the text. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

export interface FoundUnit extends Span {
  readonly kind: Unit;
  /** Where it goes on behind its own name: at its parameters, if it has them. */
  readonly afterName: number;
  /** Behind what ends the signature. */
  readonly opened: number;
  /** Where the first statement stands, or the brace before it. */
  readonly bodyStart: number;
  /** Whether the parser had to guess inside it. */
  readonly hasError: boolean;
}

/** Each list in source order, outer units before inner ones. */
export interface FoundUnits {
  readonly units: readonly FoundUnit[];
  readonly comments: readonly Span[];
  readonly literals: readonly Span[];
}

type Mutable = { -readonly [Key in keyof FoundUnit]: FoundUnit[Key] };

export function findUnits(parser: CodeParser, language: Language, text: string): FoundUnits {
  const tree = parser.parse(text);
  try {
    return sorted(collect(parser.query(language.units), tree.rootNode), text);
  } finally {
    tree.delete();
  }
}

interface Collected {
  readonly units: Map<number, Mutable>;
  readonly spans: Readonly<Record<'comment' | 'literal' | 'decorator', Span[]>>;
}

function collect(query: SyntaxQuery, root: SyntaxNode): Collected {
  const found: Collected = { units: new Map(), spans: { comment: [], literal: [], decorator: [] } };
  const mayHaveErrors = root.hasError;
  for (const { captures } of query.matches(root)) {
    const nodes: Record<string, SyntaxNode> = {};
    for (const { name, node } of captures) nodes[name] = node;
    const kind = nodes['class'] === undefined ? 'function' : 'class';
    const unit = nodes[kind];
    if (unit === undefined) addSpan(found, captures[0]);
    else addUnit(found.units, { kind, unit, nodes, mayHaveErrors });
  }
  return found;
}

function addSpan(
  { spans }: Collected,
  capture: { readonly name: string; readonly node: SyntaxNode } | undefined,
): void {
  if (capture === undefined) return;
  const { startIndex: start, endIndex: end } = capture.node;
  spans[capture.name as keyof typeof spans].push({ start, end });
}

/** What several matches say about one body is put together. */
function addUnit(
  units: Map<number, Mutable>,
  match: {
    readonly kind: Unit;
    readonly unit: SyntaxNode;
    readonly nodes: Readonly<Record<string, SyntaxNode>>;
    readonly mayHaveErrors: boolean;
  },
): void {
  const { kind, unit, nodes } = match;
  const body = nodes['body'] as SyntaxNode;
  const { startIndex: bodyStart } = body;
  const known = units.get(bodyStart) ?? emptyUnit(kind, body);
  known.start = Math.min(known.start, unit.startIndex);
  known.hasError ||= match.mayHaveErrors && unit.hasError;
  if (nodes['name'] !== undefined) known.afterName = nodes['parameters']?.startIndex ?? nodes['name'].endIndex;
  if (nodes['opens'] !== undefined) known.opened = nodes['opens'].endIndex;
  units.set(bodyStart, known);
}

function emptyUnit(kind: Unit, { startIndex: bodyStart, endIndex: end }: SyntaxNode): Mutable {
  return { kind, start: bodyStart, end, afterName: bodyStart, opened: bodyStart + 1, bodyStart, hasError: false };
}

function sorted({ units, spans }: Collected, text: string): FoundUnits {
  const list = [...units.values()];
  const decorators = spans.decorator.sort(inOrder);
  if (decorators.length > 0) for (const unit of list) unit.start = decoratedStart(unit.start, decorators, text);
  return {
    units: withMethods(list.sort(inOrder)),
    comments: spans.comment.sort(inOrder),
    literals: spans.literal.sort(inOrder),
  };
}

function inOrder(a: Span, b: Span): number {
  return a.start - b.start || b.end - a.end;
}

function decoratedStart(start: number, decorators: readonly Span[], text: string): number {
  let first = start;
  for (let at = lastIndex(decorators, ({ end }) => end <= start); at >= 0; at--) {
    const { start: before, end } = decorators[at] as Span;
    if (text.slice(end, first).trim() !== '') break;
    first = before;
  }
  return first;
}

/** A function whose next unit around it is a class is a method. */
function withMethods(units: readonly Mutable[]): readonly FoundUnit[] {
  const around: FoundUnit[] = [];
  for (const unit of units) {
    while ((around.at(-1)?.end ?? Infinity) <= unit.start) around.pop();
    if (unit.kind === 'function' && around.at(-1)?.kind === 'class') unit.kind = 'method';
    around.push(unit);
  }
  return units;
}
