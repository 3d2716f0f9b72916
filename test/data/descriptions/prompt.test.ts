import { describe, expect, it } from 'vitest';
import {
  bodyInAnswer,
  fillTemplate,
  namedSignature,
  usualPrompt,
  withPrompt,
  type CorpusFunction,
} from '../../../harness/data/index.ts';

const fn: CorpusFunction = {
  id: 'p/a.js:3:1',
  package: 'p',
  file: 'a.js',
  line: 3,
  language: 'javascript',
  description: null,
  signature: 'function add(a, b) {',
  body: '\n  return a + b;\n}',
};

describe('the prompt of a function', () => {
  it('is its description as a comment of its language, then its signature', () => {
    expect(withPrompt(fn, 'Adds two numbers.', usualPrompt).prompt).toBe('// Adds two numbers.\nfunction add(a, b) {');
    const python = { ...fn, language: 'python', signature: 'def add(a, b):' };
    expect(withPrompt(python, 'Adds.\nBoth.', usualPrompt).prompt).toBe('# Adds.\n# Both.\ndef add(a, b):');
  });

  it('is the signature alone where there is no description', () => {
    expect(withPrompt(fn, null, usualPrompt)).toMatchObject({ prompt: 'function add(a, b) {', description: null });
  });

  it('has the wording of the template, and leaves out the lines that need a description', () => {
    const template = 'Language: {language}\nTask: {description}\nWrite it.\n{signature}';
    expect(withPrompt(fn, 'Add', template).prompt).toBe(
      'Language: javascript\nTask: Add\nWrite it.\nfunction add(a, b) {',
    );
    expect(withPrompt(fn, null, template).prompt).toBe('Language: javascript\nWrite it.\nfunction add(a, b) {');
  });

  it('keeps braces and dollar signs of the code as they are', () => {
    const code = { ...fn, signature: 'function $f({a}) { // $& {description}' };
    expect(withPrompt(code, null, '{signature}').prompt).toBe(code.signature);
  });
});

it('a place that nothing fills is an error', () => {
  expect(() => fillTemplate('{words}', { name: 'a' })).toThrow('the template names {words}; there are name');
});

describe('what a signature says', () => {
  it.each([
    ['function parseHTTPHeader(text, { strict }) {', 'parseHTTPHeader', 'parse http header', 'text'],
    ['async fetchAll(urls) {', 'fetchAll', 'fetch all', 'urls'],
    ['export const toPairs = (map, by = (a, b) => a) => {', 'toPairs', 'to pairs', 'map, by'],
    ['jQuery.fn.addClass = function (value) {', 'addClass', 'add class', 'value'],
    ['def read_all(self, path: str, *args, **rest) -> dict[str, int]:', 'read_all', 'read all', 'path, args, rest'],
    ['  get size() {', 'size', 'size', 'none'],
  ])('%s', (signature, name, words, parameters) => {
    expect(namedSignature(signature)).toEqual({ name, words, parameters });
  });
});

describe('the body in the answer of a chat model', () => {
  const signature = 'function add(a, b) {';
  const body = '\n  return a + b;\n}';

  it.each([
    ['the body alone', body],
    ['a fenced block with the whole function', `Here you are:\n\`\`\`js\nfunction add(a, b) {${body}\n\`\`\`\nDone.`],
    ['a signature in another layout', `\`\`\`js\nfunction add( a,\n  b )\n{${body}\n\`\`\``],
    ['code before the function', `\`\`\`js\nconst x = 1;\nfunction add(a, b) {${body}\n\`\`\``],
    ['a block that was cut off', `\`\`\`js\nfunction add(a, b) {${body}`],
  ])('%s', (_, answer) => {
    expect(bodyInAnswer(answer, signature)).toBe(body);
  });
});
