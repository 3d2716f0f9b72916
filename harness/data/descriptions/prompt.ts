/** The prompt that asks for a function: its description in plain words where there is one, then its signature. */
import type { CorpusFunction, PromptedFunction } from '../corpus/corpus-function.ts';
import { fillTemplate } from './fill-template.ts';

/** What the template of a prompt may name. */
export const promptPlaces = ['description', 'comment', 'signature', 'language'] as const;

/** The description as a comment of the language, then the signature, which the response continues. */
export const usualPrompt = '{comment}\n{signature}';

/** @param description null = none: lines that name it are left out. */
export function withPrompt(fn: CorpusFunction, description: string | null, template: string): PromptedFunction {
  const { signature, language } = fn;
  const comment = description === null ? null : asComment(description, language);
  return { ...fn, description, prompt: fillTemplate(template, { description, comment, signature, language }) };
}

function asComment(text: string, language: string): string {
  const sign = language === 'python' ? '#' : '//';
  return text
    .split('\n')
    .map((line) => `${sign} ${line}`.trimEnd())
    .join('\n');
}
