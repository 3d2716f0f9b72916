/** What templates do otherwise in Jinja than in the engine. Expected texts are those of Jinja 3.1 under Python 3.11. */
import { describe, expect, it } from 'vitest';
import { fixedDate } from '../../../harness/data/chat/fixed-date.ts';
import { compileTemplate } from '../../../harness/data/chat/template-engine.ts';

const messages = [
  { role: 'user', content: 'Hello' },
  { role: 'assistant', content: 'Hi' },
  { role: 'user', content: 'x' },
];
const rendered = (template: string): string =>
  compileTemplate(template)({ messages, tools: null, documents: null, add_generation_prompt: false });

describe('a template', () => {
  it.each([
    [
      'forgets at the next turn what a turn set',
      "{% for m in messages %}{% if loop.first %}{% set x='A' %}{% endif %}[{{ x }}]{% endfor %}",
      '[A][][]',
    ],
    [
      'keeps what was written before a break',
      '{% for m in messages %}a{% if loop.index == 2 %}{% break %}{% endif %}b{% endfor %}',
      'aba',
    ],
    [
      'and before a continue',
      '{% for m in messages %}a{% if loop.first %}{% continue %}{% endif %}b{% endfor %}',
      'aabab',
    ],
    [
      'prints values as Python does',
      '{{ none }}|{{ true }}|{{ 1.0 }}|{{ 4 / 2 }}|{{ 7 // 2 }}|{{ -7 % 3 }}|{{ missing }}',
      'None|True|1.0|2.0|3|2|',
    ],
    ['joins them so too', '{{ messages[0].role ~ 1 ~ true }}|{{ true | string }}', 'user1True|True'],
    [
      'compares by type',
      "{{ 1 == true }}{{ '' == false }}{{ '1' == 1 }}{{ none == false }}{{ missing == none }}{{ [1, 2] == [1, 2] }}{{ {'a': 1} != {'a': 1} }}",
      'TrueFalseFalseFalseFalseTrueFalse',
    ],
    [
      'counts and cuts characters, not halves of them',
      "{{ 'a😀b'[1] }}{{ 'a😀b' | length }}{{ 'a😀b'[1:] }}{{ 'abc'[::-1] }}",
      '😀3😀bcba',
    ],
    [
      'strips what is named',
      "{{ 'xxaxx'.strip('x') }}|{{ '\\n\\n a \\n'.lstrip('\\n') }}|{{ 'aXbX'.rstrip('X') }}|{{ 'xx' | trim('x') }}|",
      'a| a \n|aXb||',
    ],
    [
      'cuts at white space and at texts',
      "{{ ' a  b '.split() | join('|') }},{{ 'a b c'.split(' ', 1) | join('|') }},{{ ' a  b  c '.split(none, 1) | join('|') }}",
      'a|b,a|b c,a|b  c ',
    ],
    [
      'writes words large',
      "{{ 'hELLO wORLD'.title() }}{{ 'hELLO' | capitalize }}{{ \"they're-x (y\" | title }}",
      "Hello WorldHelloThey're-X (Y",
    ],
    [
      'takes a condition in a loop, and its other part',
      "{% for m in messages if m.role == 'x' %}a{% else %}none{% endfor %}{% for m in missing %}{% else %}-{% endfor %}",
      'none-',
    ],
    [
      'knows the turns before and after',
      '{% for m in messages %}{{ loop.previtem is defined }}>{{ loop.nextitem.role if not loop.last }};{% endfor %}',
      'False>assistant;True>user;True>;',
    ],
    [
      'reads maps in order',
      "{% for k, v in {'b': 1, 'a': 2}.items() %}{{ k }}{{ v }}{% endfor %}{% for k in {'b': 1} %}{{ k }}{% endfor %}",
      'b1a2b',
    ],
    [
      'writes JSON as json.dumps',
      "{{ {'b': 1, 'a': [1, 2.5, none, true, 'é\u2028<>&']} | tojson }}",
      '{"b": 1, "a": [1, 2.5, null, true, "é\u2028<>&"]}',
    ],
    ['drops white space around blocks', '   {% if true %}\r\n  x  \n   {% endif %}\n tail\n', '  x  \n tail'],
    [
      'leaves generation blocks out',
      'a {% generation %}g{% endgeneration %}\nb {%- generation -%} g {%- endgeneration -%} c',
      'a gbgc',
    ],
    [
      'keeps variables of a namespace',
      '{% set ns = namespace(n=0) %}{% for m in messages %}{% set ns.n = ns.n + 1 %}{% endfor %}{{ ns.n }}',
      '3',
    ],
    [
      'calls macros',
      "{% macro f(a, b='c') %}{{ a }}-{{ b }}{% endmacro %}{{ f('x') }}{{ f('x', b=true) }}",
      'x-cx-True',
    ],
    [
      'counts with range',
      "{{ range(1, 6, 2) | join(',') }}{{ range(3, 0, -1) | join(',') }}{{ range(2) | length }}",
      '1,3,53,2,12',
    ],
    [
      'has a clock that stands',
      "{{ strftime_now('%d %b %Y, %A %-d %B %y %H:%M') }}",
      '26 Jul 2024, Friday 26 July 24 00:00',
    ],
  ])('%s', (_, template, text) => {
    expect(rendered(template)).toBe(text);
  });

  it('strips the white space of Python', () => {
    const spaces = '\u001c\u001f\u0085\u00a0\u2003\u3000 \t\n\v\f\r';
    const render = compileTemplate('[{{ text | trim }}][{{ text.lstrip() }}][{{ text.rstrip() }}]');
    expect(render({ text: `${spaces}a\ufeff${spaces}` })).toBe(`[a\ufeff][a\ufeff${spaces}][${spaces}a\ufeff]`);
    // U+FEFF and U+200B are none in Python.
    expect(render({ text: '\ufeffa\u200b' })).toBe('[\ufeffa\u200b][\ufeffa\u200b][\ufeffa\u200b]');
  });

  it.each([
    ['{{ messages[0] }}', 'a list or a map is printed as text'],
    ["{{ strftime_now('%q') }}", 'strftime_now: %q is not known'],
    ['{{ messages.strip() }}', 'lstrip: not a text'],
    ["{{ 'abc'.zfill(5) }}", 'Cannot call something that is not a function'],
  ])('that cannot be rendered as Jinja does is refused: %s', (template, problem) => {
    expect(() => rendered(template)).toThrow(problem);
  });
});

it('a date without leading zeros keeps its last digit', () => {
  expect([fixedDate('%-m'), fixedDate('%-H'), fixedDate('%%'), fixedDate('%j')]).toEqual(['7', '0', '%', '208']);
});
