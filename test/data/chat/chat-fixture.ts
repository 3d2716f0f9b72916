/** Templates, conversations and what `apply_chat_template` makes of them (fixtures/make_chat_fixtures.py). */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { openChatTemplate, type ChatTemplate } from '../../../harness/data/chat/chat-template.ts';
import type { Messages } from '../../../harness/data/chat/messages.ts';
import { loadHuggingFaceTokenizer, type HuggingFaceTokenizer } from '../../../harness/data/index.ts';

const folder = path.join(import.meta.dirname, 'fixtures');

/** `sha256` of the text in place of the text where a generation prompt stands at the end. */
export interface FixtureRow {
  readonly text?: string;
  readonly sha256?: string;
  readonly error?: string;
  /** By tokenizer. */
  readonly ids?: readonly string[];
}

interface Fixture {
  readonly tokens: Readonly<Record<string, string>>;
  readonly conversations: readonly Messages[];
  /** By template and conversation: without and with a generation prompt. */
  readonly templates: Readonly<Record<string, readonly (readonly [FixtureRow, FixtureRow])[]>>;
}

export const fixture = JSON.parse(readFileSync(path.join(folder, 'chat.json'), 'utf8')) as Fixture;

export const templateNames = readdirSync(path.join(folder, 'templates'))
  .filter((name) => name.endsWith('.jinja'))
  .map((name) => name.slice(0, -'.jinja'.length))
  .sort();

export const tokenizerNames = ['byte-level', 'byte-fallback'] as const;

export function templatePath(name: string): string {
  return path.join(folder, 'templates', `${name}.jinja`);
}

export function tokenizerPath(name: (typeof tokenizerNames)[number]): string {
  return path.join(folder, `tokenizer-${name}.json`);
}

export function fixtureTemplate(name: string): ChatTemplate {
  const texts = { default: readFileSync(templatePath(name), 'utf8') };
  return openChatTemplate({ place: `${name}.jinja`, texts }, fixture.tokens, '</s>');
}

export function fixtureTokenizer(name: (typeof tokenizerNames)[number]): HuggingFaceTokenizer {
  const file = tokenizerPath(name);
  return loadHuggingFaceTokenizer(file, JSON.parse(readFileSync(file, 'utf8')) as object, {});
}

export function digestOf(value: string | ArrayLike<number>): string {
  const text = typeof value === 'string' ? value : Array.from(value).join(',');
  return createHash('sha256').update(text).digest('hex').slice(0, 16);
}
