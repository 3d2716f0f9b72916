/**
 * The engine's interpreter with the statements that it runs otherwise than Jinja: a variable that is set in a loop is
 * forgotten at the next turn, what a turn has written before `break` or `continue` stays, and values are printed as
 * Python prints them.
 */
import { Environment, Interpreter, type Node, type Value } from './jinja.ts';
import type { Output } from './python-nodes.ts';
import { asText, equal, isTrue } from './python-values.ts';

type Scope = InstanceType<typeof Environment>;

interface If extends Node {
  readonly test: Node;
  readonly body: readonly Node[];
  readonly alternate: readonly Node[];
}

interface For extends Node {
  /** A name, or a tuple of names. */
  readonly loopvar: Node;
  /** A list, or one with a condition (`for x in list if condition`). */
  readonly iterable: Node & { readonly lhs?: Node; readonly test?: Node };
  readonly body: readonly Node[];
  readonly defaultBlock: readonly Node[];
}

/** `break` and `continue` on their way to their loop, with what was written on the way. */
class LoopControl extends Error {
  readonly sort: 'Break' | 'Continue';
  readonly written: string;

  constructor(sort: 'Break' | 'Continue', written = '') {
    super(`${sort.toLowerCase()} outside of a loop`);
    this.sort = sort;
    this.written = written;
  }
}

export class PythonInterpreter extends Interpreter {
  override evaluate(node: Node | undefined, environment: Scope): Value {
    if (node?.type === 'Program') return plain(this.#block((node as If).body, environment));
    if (node?.type === 'If') return plain(this.#if(node as If, environment));
    if (node?.type === 'For') return plain(this.#for(node as For, environment));
    if (node?.type === 'Break' || node?.type === 'Continue') throw new LoopControl(node.type);
    if (node?.type === 'Output') return plain(asText(this.evaluate((node as Output).printed, environment)));
    return this.#expression(node, environment) ?? super.evaluate(node, environment);
  }

  /** Null for one that the engine knows how to evaluate. */
  #expression(node: Node | undefined, environment: Scope): Value | null {
    if (node?.type === 'FilterExpression' && node.filter?.value === 'string')
      return plain(asText(this.evaluate(node.operand, environment)));
    if (node?.type === 'MemberExpression' && node.computed === true) return this.#character(node, environment);
    if (node?.type !== 'BinaryExpression') return null;
    const sides = (): readonly [Value, Value] => [
      this.evaluate(node.left, environment),
      this.evaluate(node.right, environment),
    ];
    const operator = node.operator?.value;
    if (operator === '==') return plain(equal(...sides()));
    if (operator === '!=') return plain(!equal(...sides()));
    return operator === '~' ? plain(sides().map(asText).join('')) : null;
  }

  /** A code point of a text; null where something else is looked up. */
  #character({ object, property }: Node, environment: Scope): Value | null {
    if (property?.type === 'SliceExpression') return null;
    const { type, value } = this.evaluate(object, environment);
    const index = this.evaluate(property, environment);
    if (type !== 'StringValue' || index.type !== 'IntegerValue') return null;
    return plain([...(value as string)].at(index.value as number));
  }

  #block(statements: readonly Node[], environment: Scope): string {
    let written = '';
    for (const statement of statements) {
      try {
        const { type, value } = this.evaluate(statement, environment);
        if (type === 'StringValue') written += value as string;
      } catch (error) {
        throw error instanceof LoopControl ? new LoopControl(error.sort, written + error.written) : error;
      }
    }
    return written;
  }

  #if({ test, body, alternate }: If, environment: Scope): string {
    return this.#block(this.#isTrue(test, environment) ? body : alternate, environment);
  }

  #isTrue(test: Node, environment: Scope): boolean {
    return isTrue(this.evaluate(test, environment));
  }

  #for(node: For, environment: Scope): string {
    const { loopvar, body, defaultBlock } = node;
    const items = this.#items(node, environment);
    if (items.length === 0) return this.#block(defaultBlock, environment);
    let written = '';
    for (const index of items.keys()) {
      const turn = new Environment(environment);
      assign(loopvar, items[index] as Value, turn);
      setLoop(turn, items, index);
      try {
        written += this.#block(body, turn);
      } catch (error) {
        if (!(error instanceof LoopControl)) throw error;
        written += error.written;
        if (error.sort === 'Break') break;
      }
    }
    return written;
  }

  #items({ loopvar, iterable }: For, environment: Scope): readonly Value[] {
    const { lhs, test } = iterable.type === 'SelectExpression' ? iterable : { lhs: iterable, test: undefined };
    const items = itemsOf(this.evaluate(lhs, environment));
    if (test === undefined) return items;
    return items.filter((item) => {
      const turn = new Environment(environment);
      assign(loopvar, item, turn);
      return this.#isTrue(test, turn);
    });
  }
}

/** Of what is not defined there are none, as in Jinja. */
function itemsOf({ type, value }: Value): readonly Value[] {
  if (type === 'UndefinedValue') return [];
  if (Array.isArray(value)) return value as readonly Value[];
  if (value instanceof Map) return [...value.keys()].map((key) => plain(String(key)));
  throw new Error(`a loop over what is no list (${type})`);
}

function assign(name: Node, item: Value, environment: Scope): void {
  if (name.type === 'Identifier') return void environment.setVariable(String(name.value), item);
  const names = name.value as readonly Node[];
  const values = item.value as readonly Value[];
  if (!Array.isArray(values) || values.length !== names.length)
    throw new Error(`a loop with ${names.length} variables over entries of another length`);
  for (const [index, one] of names.entries()) assign(one, values[index] as Value, environment);
}

function setLoop(environment: Scope, items: readonly Value[], index: number): void {
  const { length } = items;
  const counts = { index: index + 1, index0: index, revindex: length - index, revindex0: length - index - 1, length };
  const loop = environment.set('loop', { ...counts, first: index === 0, last: index === length - 1 });
  const fields = loop.value as Map<string, Value>;
  const [before, after] = [items[index - 1], items[index + 1]];
  if (before !== undefined) fields.set('previtem', before);
  if (after !== undefined) fields.set('nextitem', after);
}

/** A plain value as one of the engine. */
function plain(value: string | boolean | undefined): Value {
  return new Environment().set('plain', value);
}
