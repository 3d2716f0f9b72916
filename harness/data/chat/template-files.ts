/**
 * Where the chat template of a tokenizer lies, in the order of `transformers`: `chat_template.jinja` and the folder
 * `additional_chat_templates` beside its tokenizer.json, else `chat_template` in its tokenizer_config.json.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { UserError } from '../../spec/user-error.ts';

export const chatTemplateFile = 'chat_template.jinja';
export const moreTemplatesFolder = 'additional_chat_templates';
const extension = '.jinja';

export interface TemplateTexts {
  /** The file that they come from, for messages. */
  readonly place: string;
  /** By name; `default` is the usual one. */
  readonly texts: Readonly<Record<string, string>>;
}

/**
 * Null where the tokenizer has none.
 *
 * @param tokenizer Path of its tokenizer.json; templates are looked for beside it.
 * @param config The parsed tokenizer_config.json; empty where there is none.
 * @throws UserError (4) for a template that is no text.
 */
export function tokenizerTemplates(tokenizer: string, config: object): TemplateTexts | null {
  const folder = dirname(tokenizer);
  const files = templateFiles(folder);
  if (files.length > 0)
    return {
      place: join(folder, files[0]?.file as string),
      texts: Object.fromEntries(files.map(({ name, file }) => [name, readFileSync(join(folder, file), 'utf8')])),
    };
  const texts = configTexts((config as { readonly chat_template?: unknown }).chat_template, folder);
  return texts === null ? null : { place: join(folder, 'tokenizer_config.json'), texts };
}

/** One template for every conversation. @throws UserError (2) where the file cannot be read. */
export function templateFile(path: string): TemplateTexts {
  try {
    return { place: path, texts: { default: readFileSync(path, 'utf8') } };
  } catch (cause) {
    throw new UserError(`${path}: the chat template cannot be read: ${(cause as Error).message}`, {
      exitCode: 2,
      hint: 'Give a file with a Jinja template, as chat_template.jinja in a model folder.',
      cause,
    });
  }
}

/** Names in a folder, relative to it; the usual template first, the others in the order of their names. */
export function templateFiles(folder: string): readonly { readonly name: string; readonly file: string }[] {
  const usual = existsSync(join(folder, chatTemplateFile)) ? [{ name: 'default', file: chatTemplateFile }] : [];
  const more = join(folder, moreTemplatesFolder);
  const names = existsSync(more) ? readdirSync(more).filter((name) => name.endsWith(extension)) : [];
  const others = names.sort().map((file) => ({
    name: file.slice(0, -extension.length),
    file: join(moreTemplatesFolder, file),
  }));
  return [...usual, ...others];
}

/** A tokenizer_config.json that holds the templates itself, so that one file says all. */
export function configWithTemplates(config: object, texts: TemplateTexts['texts']): object {
  const named = Object.entries(texts).map(([name, template]) => ({ name, template }));
  const isSingle = named.length === 1 && texts['default'] !== undefined;
  return { ...config, chat_template: isSingle ? texts['default'] : named };
}

/** One text, a list of named ones, or a map of them. */
function configTexts(value: unknown, folder: string): TemplateTexts['texts'] | null {
  if (value === undefined || value === null) return null;
  if (typeof value === 'string') return { default: value };
  const named: readonly Named[] = Array.isArray(value) ? value.map(namedTemplate) : Object.entries(value);
  if (named.every((entry): entry is [string, string] => typeof entry?.[1] === 'string'))
    return Object.fromEntries(named);
  throw new UserError(`${join(folder, 'tokenizer_config.json')}: chat_template is neither a text nor named texts`, {
    exitCode: 4,
    hint: 'Name another template with --chat-template, or correct the file.',
  });
}

type Named = [name: string, template: unknown] | null;

function namedTemplate(value: unknown): Named {
  const { name, template } = (value ?? {}) as { readonly name?: unknown; readonly template?: unknown };
  return typeof name === 'string' ? [name, template] : null;
}
