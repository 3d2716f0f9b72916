import { describe, expect, it } from 'vitest';
import { expandSweep } from '../../harness/spec/index.ts';
import { baseText, edited, errorLines, valid, withSweep, format } from './base-experiment.ts';

const withSteps = (written: string): string => edited(['steps: 10', `steps: ${written}`]);
const withClip = (written: string): string =>
  edited([
    '{kind: adamw, learningRate: 1e-3}\n  schedule: {kind: cosine',
    `{kind: adamw, learningRate: 1e-3, clipNorm: ${written}}\n  schedule: {kind: cosine`,
  ]);

describe('numbers', () => {
  it.each([
    ['0x10', 16],
    ['0o10', 8],
    ['+5', 5],
    ['5.', 5],
    ['1e1', 10],
    ['12.0', 12],
  ])('%s is %i', (written, value) => {
    expect(valid(withSteps(written)).finetune.steps).toBe(value);
  });

  it.each([
    ['.5', 0.5],
    ['0.5', 0.5],
    ['5e-1', 0.5],
    ['1E-3', 0.001],
  ])('%s is %f', (written, value) => {
    expect(valid(withClip(written)).finetune.optimizer.clipNorm).toBe(value);
  });

  it.each([
    [
      '010',
      'a number without a leading zero, found 010, which YAML reads as 10; ' +
        'write 10, 0o10 for octal 8, or "010" in quotes for text',
    ],
    ['08', 'a number without a leading zero, found 08, which YAML reads as 8; write 8, or "08" in quotes for text'],
    ['+07', 'a number without a leading zero, found +07, which YAML reads as 7; write 7, or "+07" in quotes for text'],
    [
      '-010',
      'a number without a leading zero, found -010, which YAML reads as -10; write -10, or "-010" in quotes for text',
    ],
    [
      '00.5',
      'a number without a leading zero, found 00.5, which YAML reads as 0.5; write 0.5, or "00.5" in quotes for text',
    ],
    [
      '01e1',
      'a number without a leading zero, found 01e1, which YAML reads as 10; write 1e1, or "01e1" in quotes for text',
    ],
    ['.inf', 'a finite number, found .inf'],
    ['-.INF', 'a finite number, found -.INF'],
    ['.nan', 'a finite number, found .nan'],
    ['1e999', 'a number up to about 1.8e308, found 1e999, which is larger'],
    [
      '9007199254740993',
      'a whole number up to 9007199254740991, found 9007199254740993, which is rounded to 9007199254740992; ' +
        'write "9007199254740993" in quotes where text is meant',
    ],
    ['1_000', 'a number, found "1_000" (text); YAML reads 1_000 as text: write 1000'],
    ['1,000', 'a number, found "1,000" (text); YAML reads 1,000 as text: write 1000'],
    ['0,5', 'a number, found "0,5" (text); YAML reads 0,5 as text: write 0.5'],
    ['0b11', 'a number, found "0b11" (text); YAML reads 0b11 as text: write 3'],
    ['0X1F', 'a number, found "0X1F" (text); YAML reads 0X1F as text: write 31'],
    ['"10"', 'a number, found "10" (text); write it without quotes'],
    ['"010"', 'a number, found "010" (text); write 10, without quotes'],
    ['1:30', 'a number, found "1:30" (text); write one number, without a colon'],
    ['10%', 'a number, found "10%" (text); write 0.1'],
    ['2026-01-31', 'a number, found "2026-01-31" (text)'],
    ['ten', 'a number, found "ten" (text)'],
    ['yes', 'a number, found "yes" (text)'],
  ])('%s is refused', (written, message) => {
    expect(errorLines(withSteps(written))).toEqual([`x.yaml:31:10: finetune.steps: expected ${message}`]);
  });

  it('refuses a number that would be rounded to zero', () => {
    expect(errorLines(withClip('1e-400'))).toEqual([
      'x.yaml:32:58: finetune.optimizer.clipNorm: expected a number that is not rounded to 0, found 1e-400, ' +
        'which is too small',
    ]);
  });

  it('refuses a leading zero in lists, behind tags, in what is extended and in overrides, beside other errors', () => {
    const place = (line: string): string => line.split(': expected')[0] ?? '';
    expect(errorLines(edited(['[1, 2]', '[1,000]'])).map(place)).toEqual(['x.yaml:4:11: seeds[1]']);
    expect(errorLines(withSteps('!!int "010"')).map(place)).toEqual(['x.yaml:31:16: finetune.steps']);
    expect(errorLines(withSweep('finetune.steps: [5, 06]')).map(place)).toEqual([
      'x.yaml:37:25: sweep.axes.finetune.steps[1]',
    ]);
    const files = { 'base.yaml': edited(['layers: 1', 'layers: 01']) };
    expect(errorLines('extends: base.yaml\nname: 007\nquestion: 5\n', [], files).map(place)).toEqual([
      'x.yaml:2:7: name',
      'x.yaml:3:11: question',
      'base.yaml:12:11: model.layers',
    ]);
    expect(errorLines(baseText, ['finetune.steps=010']).map(place)).toEqual(['-s finetune.steps=010: finetune.steps']);
  });

  it('keeps case names as they are written', () => {
    const { points } = expandSweep(
      valid(withSweep('a:\n  010: {finetune.steps: 5}\n  0x10: {finetune.steps: 6}')),
      format,
    );
    expect(points.map(({ declared }) => declared['a'])).toEqual(['010', '0x10']);
  });
});

describe('words that other versions of YAML read as values', () => {
  const withTie = (written: string): string => edited(['layers: 1', `layers: 1\n  tieEmbeddings: ${written}`]);

  it.each(['true', 'True', 'TRUE'])('%s is true', (written) => {
    expect(valid(withTie(written)).model.tieEmbeddings).toBe(true);
  });

  it.each(['null', '~', 'Null', ''])('%s is null', (written) => {
    expect(valid(withTie(written)).model.tieEmbeddings).toBeNull();
  });

  it.each([
    ['yes', 'write true'],
    ['on', 'write true'],
    ['No', 'write false'],
    ['off', 'write false'],
    ['"true"', 'write it without quotes'],
    ['none', 'write null for off'],
  ])('%s is text: %s', (written, advice) => {
    const found = written.replaceAll('"', '');
    expect(errorLines(withTie(written))).toEqual([
      `x.yaml:13:18: model.tieEmbeddings: expected true or false or null, found "${found}" (text); ${advice}`,
    ]);
  });

  it.each(['yes', 'on', 'no', 'y'])('%s is a name', (written) => {
    expect(valid(edited(['name: base', `name: ${written}`])).name).toBe(written);
  });

  it.each(['2026-01-31', '1:30', '0b1'])('%s is text', (written) => {
    expect(valid(edited(['Does it parse?', written])).question).toBe(written);
  });

  it.each([
    ['none', '"none" (text)'],
    ['off', '"off" (text)'],
    ['false', 'false'],
  ])('%s is not null where a part can be switched off', (written, found) => {
    expect(errorLines(withClip(written))).toEqual([
      `x.yaml:32:58: finetune.optimizer.clipNorm: expected a number or null, found ${found}; write null for off`,
    ]);
  });

  it('refuses the rules of YAML 1.1, by which 010 is 8 and yes is true', () => {
    expect(errorLines(`%YAML 1.1\n---\n${baseText}`)).toEqual([
      'x.yaml:1:1: (file): expected YAML 1.2, found the directive %YAML 1.1',
    ]);
  });

  it('refuses tags that make something else of a value', () => {
    expect(errorLines(edited(['name: base', 'name: !!binary aGk=']))).toEqual([
      'x.yaml:2:16: name: expected a plain value, found the YAML tag !!binary',
    ]);
    expect(valid(edited(['name: base', 'name: !!str 12'])).name).toBe('12');
  });
});

describe('the merge key', () => {
  const advice = (whose: string): string =>
    `expected every key written out, found the merge key <<, which YAML 1.2 does not have; ` +
    `write ${whose} here, or keep shared keys in a file of their own and name it in \`extends\``;

  it('is named in a section, with whose keys to write', () => {
    expect(
      errorLines(edited(['corpus: {kind: npm}', 'corpus: &c {kind: npm}'], ['  layers: 1', '  <<: *c\n  layers: 1'])),
    ).toEqual([`x.yaml:12:3: model.<<: ${advice('the keys of *c')}`]);
  });

  it('is named at the top, in lists, in cases, in values of axes and in overrides', () => {
    expect(errorLines(`${baseText}<<: {a: 1}\n`)).toEqual([`x.yaml:35:1: <<: ${advice('its keys')}`]);
    expect(errorLines(withSweep('a:\n  <<: {b: {finetune.steps: 5}}\n  c: {finetune.steps: 6}'))).toEqual([
      `x.yaml:38:7: sweep.axes.a.<<: ${advice('its keys')}`,
    ]);
    expect(errorLines(withSweep('finetune.schedule: [{<<: {kind: cosine}}]'))).toEqual([
      `x.yaml:37:26: sweep.axes.finetune.schedule[0].<<: ${advice('its keys')}`,
    ]);
    expect(errorLines(baseText, ['corpus={<<: {kind: npm}}'])).toEqual([
      `-s corpus={<<: {kind: npm}}: corpus.<<: ${advice('its keys')}`,
    ]);
  });

  it('is named in a file that is extended', () => {
    expect(errorLines('extends: b.yaml\n', [], { 'b.yaml': `${baseText}<<: {a: 1}\n` })).toEqual([
      `b.yaml:35:1: <<: ${advice('its keys')}`,
    ]);
  });
});

describe('names that JavaScript objects have', () => {
  const declared = (text: string): readonly unknown[] =>
    expandSweep(valid(text), format).points.map((point) => point.declared);

  it.each([
    ['a section', edited(['corpus: {kind: npm}', 'corpus: {kind: npm, __proto__: {a: 1}}'])],
    ['an axis', withSweep('__proto__:\n  a: {finetune.steps: 5}')],
    ['a case', withSweep('a:\n  __proto__: {finetune.steps: 5}\n  b: {finetune.steps: 6}')],
    ['a path', withSweep('a:\n  b: {__proto__: 5}')],
    ['a value of an axis', withSweep('finetune.optimizer: [{__proto__: 5}]')],
    ['exclude', withSweep('finetune.steps: [5, 6]', '  exclude: [{__proto__: 5}]\n')],
    ['select', `${baseText}select: {by: [task], at: {__proto__: 1}, seed: 1, over: {finetune.steps: [5]}}\n`],
    ['the top level', `${baseText}__proto__: 1\n`],
  ])('refuses __proto__ in %s, with its place', (_, text) => {
    expect(errorLines(text)).toEqual([
      expect.stringMatching(/^x\.yaml:\d+:\d+: .*__proto__: expected another name, found __proto__, which JavaScript /),
    ]);
  });

  it('refuses __proto__ in overrides and in what is extended', () => {
    expect(errorLines(baseText, ['finetune.objective={__proto__: 1}'])).toEqual([
      '-s finetune.objective={__proto__: 1}: finetune.objective.__proto__: ' +
        'expected another name, found __proto__, which JavaScript reserves',
    ]);
    expect(errorLines(baseText, ['model.__proto__=1', 'sweep.axes.__proto__=1', '__proto__=1']).length).toBe(3);
    const base = withSweep('a:\n  __proto__: {finetune.steps: 5}');
    expect(errorLines('extends: b.yaml\n', [], { 'b.yaml': base })[0]).toMatch(/^b\.yaml:38:7: /);
  });

  it.each(['constructor', 'toString', 'hasOwnProperty', 'valueOf'])('%s can be an axis and a case', (name) => {
    expect(declared(withSweep(`${name}:\n  ${name}: {finetune.steps: 5}\n  b: {finetune.steps: 6}`))).toEqual([
      { [name]: name },
      { [name]: 'b' },
    ]);
    const exclude = `  exclude: [{${name}: ${name}}]\n`;
    expect(declared(withSweep(`${name}:\n  ${name}: {finetune.steps: 5}\n  b: {finetune.steps: 6}`, exclude))).toEqual([
      { [name]: 'b' },
    ]);
  });

  it.each(['constructor', 'toString', 'hasOwnProperty', 'valueOf'])(
    '%s is unknown where the format has no such key',
    (name) => {
      const places = [
        edited(['corpus: {kind: npm}', `corpus: {kind: npm, ${name}: 1}`]),
        edited(['warmup: {steps: 2}', `warmup: {${name}: 2}`]),
        withSweep(`finetune.${name}: [5]`),
        withSweep('finetune.steps: [5, 6]', `  exclude: [{${name}: 5}]\n`),
        withSweep('finetune.steps: [5, 6]', `  zip: [[${name}, finetune.steps]]\n`),
        `${baseText}${name}: 1\n`,
      ];
      expect(places.map((text) => errorLines(text).length)).toEqual([1, 1, 1, 1, 1, 1]);
      expect(errorLines(baseText, [`model.${name}=1`, `sweep.axes.${name}=1`, `${name}=1`]).length).toBe(3);
    },
  );
});

describe('keys that are one name', () => {
  it('refuses a case again in quotes', () => {
    expect(errorLines(withSweep('a:\n  1: {finetune.steps: 5}\n  "1": {finetune.steps: 6}'))).toEqual([
      'x.yaml:39:7: sweep.axes.a.1: expected each key once, found 1 again',
    ]);
  });

  it('refuses two cases that are one number', () => {
    expect(errorLines(withSweep('a:\n  1: {finetune.steps: 5}\n  "1.0": {finetune.steps: 6}'))).toEqual([
      'x.yaml:39:7: sweep.axes.a.1.0: expected each case once, found 1.0, the same number as 1',
    ]);
  });
});

describe('layout', () => {
  const lines = (text: string): readonly string[] => errorLines(text).map((line) => line.replace(' (file):', ''));

  it.each([
    [
      'a key at the wrong depth',
      edited(['  layers: 1\n', ' layers: 1\n']),
      'x.yaml:12:1: expected the keys of a map to begin in the same column, found another column; ' +
        'indent this line as the other keys of its section',
    ],
    [
      'a key outside its section',
      edited(['  layers: 1\n', 'layers: 1\n']),
      'x.yaml:12:9: expected the next line to begin in the column of its section, ' +
        'found one that is indented deeper, as if it went on with this value; ' +
        'check the indentation of this line and the next',
    ],
    [
      'a key too deep',
      edited(['  layers: 1\n', '    layers: 1\n']),
      'x.yaml:11:15: expected the next line to begin in the column of its section, ' +
        'found one that is indented deeper, as if it went on with this value; ' +
        'check the indentation of this line and the next',
    ],
    [
      'no space after a colon',
      edited(['  layers: 1\n', '  layers:1\n']),
      'x.yaml:12:3: expected a key, a colon and a space, found layers:1; write layers: 1',
    ],
    [
      'no space after a dash',
      edited(['seeds: [1, 2]\n', 'seeds:\n- 1\n-2\n']),
      'x.yaml:6:1: expected a dash and a space, found -2; write - 2',
    ],
    [
      'a colon in text',
      edited(['Does it parse?', 'Is it so: yes?']),
      'x.yaml:3:11: expected one key a line, found a second "key: value" on the line; put text that contains ": ' +
        '" in quotes, and a nested map in {...} or on lines of its own',
    ],
    [
      'an open list',
      edited(['[1, 2]}', '[1, 2}']),
      'x.yaml:34:25: expected a closing ] of the list, found none before here',
    ],
    [
      'an open map',
      edited(['{kind: npm}', '{kind: npm']),
      'x.yaml:6:1: expected a closing } of the map, found none before here',
    ],
    ['an open quote', edited(['Does it', '"Does it']), 'x.yaml:35:1: expected a closing quote, found none before here'],
    [
      'an apostrophe in single quotes',
      edited(['Does it parse?', "'It's'"]),
      'x.yaml:3:15: expected the end of the value, found more text; ' +
        "put the whole text in double quotes, or write '' for an apostrophe inside single quotes",
    ],
    [
      'text that begins with @',
      edited(['Does it parse?', '@x']),
      'x.yaml:3:11: expected a value, found a character that no plain text may begin with; put the text in quotes',
    ],
  ])('tells %s once', (_, text, line) => {
    expect(lines(text)).toEqual([line]);
  });

  it('tells errors of different places', () => {
    expect(lines(edited(['name: base', 'name: !env base'], ['  layers: 1\n', '  layers:1\n'])).length).toBe(2);
  });
});
