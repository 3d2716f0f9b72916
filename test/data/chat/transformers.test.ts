/** Chat templates of today against `transformers` itself, where HARNESS_PYTHON names a Python with it and trl. */
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { openChatTemplate } from '../../../harness/data/chat/chat-template.ts';
import { ChatProblem, type Messages } from '../../../harness/data/chat/messages.ts';
import { fixture } from './chat-fixture.ts';
import { pythonWith } from '../../python.ts';

const python = pythonWith('transformers, trl');

type Case = readonly [messages: Messages, tools: readonly object[] | null, generationPrompt: boolean];

const tools = [
  {
    type: 'function',
    function: {
      name: 'look_up',
      description: 'Looks a thing up: é <&> "quoted".',
      parameters: { type: 'object', properties: { key: { type: 'string', description: 'What' } }, required: ['key'] },
    },
  },
];
const cases: readonly Case[] = [
  ...fixture.conversations.flatMap((messages) => [false, true].map((flag) => [messages, null, flag] as const)),
  ...fixture.conversations.slice(0, 4).map((messages) => [messages, tools, true] as const),
];

/** Models that see images: their contents are lists of parts; a text in their place is walked through by letters. */
const imageTemplates = /^(?:idefics3|llava_next)/;

interface Found {
  readonly template: string;
  /** null where transformers refuses. */
  readonly texts: readonly (string | null)[];
}

function askPython(): Readonly<Record<string, Found>> {
  const script = path.join(import.meta.dirname, 'fixtures/render_templates.py');
  const input = JSON.stringify({ cases, tokens: fixture.tokens });
  const { stdout, stderr } = spawnSync(python ?? '', [script], { input, encoding: 'utf8', maxBuffer: 2 ** 28 });
  if (stdout === '') throw new Error(stderr);
  return JSON.parse(stdout) as Readonly<Record<string, Found>>;
}

/** null where it is refused. */
function rendered(
  template: ReturnType<typeof openChatTemplate>,
  [messages, given, generationPrompt]: Case,
): string | null {
  try {
    return template.render(messages, { generationPrompt, tools: given });
  } catch (error) {
    if (error instanceof ChatProblem) return null;
    throw error;
  }
}

describe('the chat templates of trl', () => {
  it.skipIf(python === null)(
    'give the texts that transformers gives (skipped without HARNESS_PYTHON that has it)',
    () => {
      const found = Object.entries(askPython()).filter(([name]) => !imageTemplates.test(name));
      expect(found.length).toBeGreaterThan(50);
      let compared = 0;
      for (const [name, { template: text, texts }] of found) {
        const template = openChatTemplate({ place: name, texts: { default: text } }, fixture.tokens, '</s>');
        for (const [index, asked] of cases.entries()) {
          // Tools that a template has no place for are refused here; transformers leaves them out.
          if (asked[1] !== null && !text.includes('tools')) continue;
          expect([name, asked[0], rendered(template, asked)]).toEqual([name, asked[0], texts[index]]);
          compared += 1;
        }
      }
      console.log(`${found.length} templates, ${compared} texts compared`);
    },
    120_000,
  );
});
