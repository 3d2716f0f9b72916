import { array, assert as assertProperty, constantFrom, jsonValue, property } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { JsonCut, JsonFault } from '../../../harness/data/row-files/json-fault.ts';
import { readJson } from '../../../harness/data/row-files/json-value.ts';
import { nameIn, writtenNumber } from '../../../harness/data/index.ts';
import { jsonText } from '../../../harness/text/index.ts';

const faultOf = (text: string): { readonly at: number; readonly message: string } => {
  try {
    readJson(text, 0, true);
  } catch (error) {
    if (error instanceof JsonFault) return { at: error.at, message: error.message };
    throw error;
  }
  throw new Error('no fault');
};

describe('a value of JSON', () => {
  it('is what JSON.parse reads, for every value and its printed forms', () => {
    assertProperty(
      property(jsonValue(), constantFrom(0, 1, '\t'), (value, indent) => {
        const text = JSON.stringify(value, null, indent);
        const read = readJson(text, 0, true);
        expect(read.value).toStrictEqual(JSON.parse(text));
        expect(read).toMatchObject({ end: text.length, oddities: [] });
      }),
      { numRuns: 500 },
    );
  });

  it('is accepted and refused as JSON.parse does, for texts that are nearly JSON', () => {
    const piece = constantFrom(
      '{',
      '}',
      '[',
      ']',
      '"a"',
      ':',
      ',',
      '1',
      '-',
      '.5',
      'e3',
      '"\\u00e9"',
      '"\\x"',
      'null',
      ' ',
    );
    assertProperty(
      property(array(piece, { maxLength: 9 }), (pieces) => {
        const text = pieces.join('').trim();
        let expected: unknown = JsonFault;
        try {
          expected = JSON.parse(text);
        } catch {
          /* Refused. */
        }
        let found: unknown = JsonFault;
        try {
          const { value, end, oddities } = readJson(text, 0, true);
          // What follows a value is the business of who reads rows; a repeated name is told, not refused.
          if (end === text.length) found = oddities.length > 0 ? expected : value;
        } catch (error) {
          if (!(error instanceof JsonFault)) throw error;
        }
        expect(found).toStrictEqual(expected);
      }),
      { numRuns: 3000 },
    );
  });

  it('is cut wherever the text ends within it, and never faulty there', () => {
    const text = '{"a\\n": [1.5e3, -2, true, {"b": "\\ud83d\\ude00"}], "c": NaN}';
    for (let length = 0; length < text.length; length++)
      expect(() => readJson(text.slice(0, length), 0, false), text.slice(0, length)).toThrow(JsonCut);
    expect(readJson(text, 0, false).end).toBe(text.length);
  });

  it('ends where the text of another begins', () => {
    expect(readJson('  {"a": 1} {"b": 2}', 2, false)).toMatchObject({ value: { a: 1 }, end: 10 });
  });

  it('may have a field __proto__, which is a field', () => {
    const { value } = readJson('{"__proto__": {"x": 1}}', 0, true);
    expect(Object.keys(value as object)).toEqual(['__proto__']);
    expect((value as { x?: number }).x).toBeUndefined();
  });
});

describe('what JSON.parse does not tell', () => {
  it('are names that stand twice, with their places', () => {
    const { value, oddities } = readJson('{"a": 1, "b": [{"c": 1, "c": 2}], "a": 3}', 0, true);
    expect(value).toEqual({ a: 3, b: [{ c: 2 }] });
    expect(oddities).toEqual([
      { kind: 'repeated', path: 'b[0].c', at: 24, text: 'c' },
      { kind: 'repeated', path: 'a', at: 34, text: 'a' },
    ]);
  });

  it('are NaN and Infinity, with their places', () => {
    const { value, oddities } = readJson('{"a": NaN, "b": [-Infinity, Infinity]}', 0, true);
    expect(value).toEqual({ a: NaN, b: [-Infinity, Infinity] });
    expect(oddities.map(({ path, at, text }) => [path, at, text])).toEqual([
      ['a', 6, 'NaN'],
      ['b[0]', 17, '-Infinity'],
      ['b[1]', 28, 'Infinity'],
    ]);
  });

  it.each(['1234567890123456789', '1e400', '1.0', '-0', '1E5', '0.10', '12345678901234567.5'])(
    'is how a number is written: %s',
    (text) => {
      const row = readJson(`{"id": ${text}}`, 0, true).value as Record<string, unknown>;
      expect(row['id']).toBe(Number(text));
      expect(nameIn(row, 'id')).toBe(text);
      expect(jsonText({ id: writtenNumber(row, 'id'), line: 1 })).toBe(`{"id":${text},"line":1}`);
    },
  );

  it.each(['7', '-7', '1.5', '123456789012345', '9007199254740992'])(
    'is nothing where the value tells it: %s',
    (text) => {
      const row = readJson(`{"id": ${text}}`, 0, true).value as Record<string, unknown>;
      expect(writtenNumber(row, 'id')).toBe(null);
      expect(nameIn(row, 'id')).toBe(text);
    },
  );
});

describe('a fault is told by what was found', () => {
  it.each([
    [`{'a': 1}`, 1, 'found a single quote; JSON has double quotes'],
    ['{"a": None}', 6, 'found None; JSON has null'],
    ['{"a": True}', 6, 'found True; JSON has true'],
    ['{"a": undefined}', 6, 'found undefined; JSON has null'],
    ['{"a": 1} // b', -1, ''],
    ['{"a": /* one */ 1}', 6, 'found a comment; JSON has none'],
    ['{a: 1}', 1, 'found a: 1}; expected a name in double quotes'],
    ['{"a" 1}', 5, 'found 1}; expected a colon'],
    ['{"a": 1 "b": 2}', 8, 'found "b": 2}; expected a comma or }'],
    ['[1 2]', 3, 'found 2]; expected a comma or ]'],
    ['{"a": 1,}', 8, 'found } behind a comma; leave the comma out'],
    ['[1,]', 3, 'found ] behind a comma; leave the comma out'],
    ['{"a": 01}', 6, 'found 01}; expected a number of JSON'],
    ['{"a": +1}', 6, 'found +1}; expected a value'],
    ['{"a": .5}', 6, 'found .5}; expected a number of JSON'],
    ['{"a": nul}', 6, 'found nul}; expected a value'],
    ['{"a": "\\x41"}', 7, 'found \\x41"}; expected an escape of JSON (a backslash is written \\\\)'],
    ['{"a": "C:\\dir"}', 9, 'found \\dir"}; expected an escape of JSON (a backslash is written \\\\)'],
    ['{"a": "\\u12g4"}', 7, 'found \\u12g4"}; expected an escape of JSON (a backslash is written \\\\)'],
    ['{"a": "b\n"}', 8, 'found the end of the line within a text; a line break is written \\n'],
    ['{"a": "\u0007"}', 7, 'found the control character U+0007 within a text; it is written \\u0007'],
    ['{"a": [1, {"b"', 14, 'the file ends within a value'],
    ['"a', 2, 'the file ends within a value'],
    ['[\u{1f600}\u{1f600}\u{1f600}]', 1, 'found \u{1f600}\u{1f600}\u{1f600}]; expected a value'],
  ])('%j', (text, at, message) => {
    if (at === -1) expect(readJson(text, 0, true).end).toBe(8);
    else expect(faultOf(text)).toEqual({ at, message });
  });

  it('values may be nested 512 deep, and no deeper', () => {
    expect(readJson('['.repeat(512) + ']'.repeat(512), 0, true).end).toBe(1024);
    expect(faultOf('['.repeat(100_000))).toEqual({
      at: 513,
      message: 'found lists and objects nested deeper than 512',
    });
  });
});

describe('JSON text', () => {
  it('is the value for who reads it, and nothing in it steers a terminal', () => {
    const value = {
      id: '\u001b]0;x\u0007\u009b31m\u007f\u202e',
      list: [1, null, undefined],
      left: undefined,
      é: 'é😀',
    };
    const text = jsonText(value);
    expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(value)));
    expect(text).toBe('{"id":"\\u001b]0;x\\u0007\\u009b31m\\u007f\\u202e","list":[1,null,null],"é":"é😀"}');
  });
});
