import { describe, expect, test } from 'vitest';
import { cut, signaturesOf } from './cut.ts';

describe('functions of JavaScript', () => {
  test('are what has a name and a block, with all that belongs to the signature', async () => {
    const text = [
      'export default async function* numbers(from) { yield from + 12345; }',
      'export const double = async (value) => { return value + value; };',
      'const single = value => { return value + 12345; };',
      'var one = function () { return 12345678; }, two = function () { return 87654321; };',
      'module.exports.three = function named(a) { return a + 12345; };',
      'class Box { #size = () => { return 12345678; }; static async grow(by) { return by + 12345; } }',
      'const table = { "quoted key": function (a) { return a + 12345; }, [computed]: a => a + 1, short(a) { return a * 12345; } };',
      'call(function inner(a) { return a + 12345; });',
    ].join('\n');
    expect(signaturesOf(await cut('a.js', text))).toEqual([
      'export default async function* numbers(from) {',
      'export const double = async (value) => {',
      'const single = value => {',
      'module.exports.three = function named(a) {',
      '#size = () => {',
      'static async grow(by) {',
      '"quoted key": function (a) {',
      'short(a) {',
    ]);
    expect(signaturesOf(await cut('a.js', text, ['class', 'method']))).toEqual(['class Box {']);
    expect(signaturesOf(await cut('a.js', text, ['method']))).toEqual(['#size = () => {', 'static async grow(by) {']);
  });

  test('may hold JSX', async () => {
    const text =
      '// Shows a name in bold letters.\nfunction View({ name }) {\n  return <b className="x">{name}</b>;\n}\n';
    const [found] = (await cut('a.jsx', text)).functions;
    expect(found).toMatchObject({
      description: 'Shows a name in bold letters.',
      signature: 'function View({ name }) {',
    });
  });

  test('positions are those of the text, whatever characters come before', async () => {
    const [found] = (await cut('a.js', "const s = '👩‍👩‍👧é';\n  function f(a) { return a + 'é👩' + 12345; }\n")).functions;
    expect(found).toMatchObject({ line: 2, column: 3, body: " return a + 'é👩' + 12345; }" });
  });
});

describe('functions of TypeScript', () => {
  test('keep types, modifiers and decorators in the signature; what has no body is none', async () => {
    const text = [
      'declare function only(a: number): string;',
      'export abstract class Box<T extends object> implements Sized {',
      '  abstract size(): number;',
      '  /** Makes it larger. */',
      '  @log({ level: 1 })',
      '  @bound',
      '  private async grow<K>(this: Box<T>, by: Map<K, number[]>): Promise<void> { await this.add(by); }',
      '  readonly handle = (event: Event): boolean => { return event.isTrusted; };',
      '}',
      'export const isBox = (value: unknown): value is Box<object> => { return value instanceof Box; };',
    ].join('\n');
    const found = await cut('a.ts', text);
    expect(signaturesOf(found)).toEqual([
      '@log({ level: 1 })\n@bound\nprivate async grow<K>(this: Box<T>, by: Map<K, number[]>): Promise<void> {',
      'readonly handle = (event: Event): boolean => {',
      'export const isBox = (value: unknown): value is Box<object> => {',
    ]);
    expect(found.functions[0]).toMatchObject({ line: 5, description: 'Makes it larger.' });
    expect(signaturesOf(await cut('a.ts', text, ['class']))).toEqual([
      'export abstract class Box<T extends object> implements Sized {',
    ]);
  });

  test('are read as TSX where the extension says so', async () => {
    const text = 'const View = ({ name }: Props): Node => {\n  return <b>{name as string}</b>;\n};\n';
    expect(signaturesOf(await cut('a.tsx', text))).toEqual(['const View = ({ name }: Props): Node => {']);
    expect(signaturesOf(await cut('a.ts', 'function f(a: any) {\n  return <string>a + 12345;\n}\n'))).toEqual([
      'function f(a: any) {',
    ]);
  });
});

describe('a class that is too long', () => {
  test('leaves its methods to be taken', async () => {
    const methods = ['one', 'two', 'three'].map((name) => `  ${name}(a) { return a.${name} + 12345; }`);
    const found = await cut('a.js', `class Long {\n${methods.join('\n')}\n}\n`, ['class', 'method'], 80);
    expect(signaturesOf(found)).toEqual(['one(a) {', 'two(a) {', 'three(a) {']);
    expect(found.drops).toEqual(['function: too long']);
  });
});
