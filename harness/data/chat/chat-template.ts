/** A chat template with the tokenizer that it belongs to: conversations -> the text that the model reads. */
import { UserError } from '../../spec/user-error.ts';
import { ChatProblem, contentText, type ChatMessage, type Messages } from './messages.ts';
import { compileTemplate, TemplateRefusal, type Render } from './template-engine.ts';
import type { TemplateTexts } from './template-files.ts';

export interface ChatTemplate {
  /** The file that it comes from. */
  readonly place: string;
  /**
   * What stands behind every response: null where the template puts something there itself, or where nothing is to
   * (`model.responseEnd: none`); else the end token of the tokenizer.
   */
  readonly missingEnd: string | null;
  /**
   * As `apply_chat_template(..., tokenize=False)`.
   *
   * @throws ChatProblem where the template refuses the messages or cannot be rendered.
   */
  render(messages: Messages, options: RenderOptions): string;
}

export interface RenderOptions {
  /** Whether the model is to go on: the beginning of an assistant's turn stands at the end. */
  readonly generationPrompt: boolean;
  readonly tools: readonly object[] | null;
}

/**
 * @param config The parsed tokenizer_config.json, which says what `bos_token`, `eos_token` and the like are.
 * @param endToken Text of the token that ends a response, where the config does not say it.
 * @throws UserError (2) for a text that is no template.
 */
export function openChatTemplate({ place, texts }: TemplateTexts, config: object, endToken: string): ChatTemplate {
  const compiled = new Map(
    Object.entries(texts).map(([name, text]) => [name, { text, render: compiledTemplate(place, name, text) }]),
  );
  const tokens = { eos_token: endToken, ...namedTokens(config) };
  const renderRaw = (messages: Messages, { generationPrompt, tools }: RenderOptions): string =>
    chosen(
      compiled,
      place,
      tools,
    )({
      ...tokens,
      messages,
      tools,
      documents: null,
      add_generation_prompt: generationPrompt,
    });
  const readsParts = rendersAlike(renderRaw);
  const render: ChatTemplate['render'] = (messages, options) =>
    withReasons(place, () => renderRaw(readsParts ? messages : messages.map(withOneText), options));
  return { place, render, missingEnd: endsResponses(render) ? null : String(tokens.eos_token) };
}

function compiledTemplate(place: string, name: string, text: string): Render {
  try {
    return compileTemplate(text);
  } catch (cause) {
    const which = name === 'default' ? '' : ` "${name}"`;
    throw new UserError(`${place}: the chat template${which} cannot be read: ${(cause as Error).message}`, {
      exitCode: 2,
      hint: 'Name another one, or render the messages with apply_chat_template and give them as text.',
      cause,
    });
  }
}

interface Compiled {
  readonly text: string;
  readonly render: Render;
}

/** As `transformers` chooses: `tool_use` where there are tools and such a template. */
function chosen(compiled: ReadonlyMap<string, Compiled>, place: string, tools: RenderOptions['tools']): Render {
  const found = (tools === null ? undefined : compiled.get('tool_use')) ?? compiled.get('default');
  if (found === undefined)
    throw new ChatProblem(`${place} has no template named default; there are ${[...compiled.keys()].join(', ')}`);
  if (tools !== null && !found.text.includes('tools'))
    throw new ChatProblem(`tools: the chat template of ${place} renders none`);
  return found.render;
}

/** `bos_token` and every other named token, as text. */
function namedTokens(config: object): Readonly<Record<string, string>> {
  const named = Object.entries(config).filter(([name]) => name.endsWith('_token'));
  return Object.fromEntries(
    named.flatMap(([name, value]) => {
      const text: unknown =
        typeof value === 'object' && value !== null ? (value as { content?: unknown }).content : value;
      return typeof text === 'string' ? [[name, text]] : [];
    }),
  );
}

function withOneText(message: ChatMessage): ChatMessage {
  return { ...message, content: contentText(message) };
}

const probe = 'kqxv';
const conversation = (content: ChatMessage['content']): Messages => [
  { role: 'user', content: 'a' },
  { role: 'assistant', content },
];
const noPrompt: RenderOptions = { generationPrompt: false, tools: null };

/** Whether contents may be lists of parts: most templates take texts only, and would write the list out. */
function rendersAlike(render: ChatTemplate['render']): boolean {
  try {
    const parts = conversation([{ type: 'text', text: probe }]);
    return render(parts, noPrompt) === render(conversation(probe), noPrompt);
  } catch {
    return false;
  }
}

/** Whether anything but white space stands behind a response. */
function endsResponses(render: ChatTemplate['render']): boolean {
  try {
    const text = render(conversation(probe), noPrompt);
    return text.slice(text.lastIndexOf(probe) + probe.length).trim() !== '';
  } catch {
    // The rows will say what is wrong.
    return true;
  }
}

function withReasons(place: string, render: () => string): string {
  try {
    return render();
  } catch (cause) {
    if (cause instanceof ChatProblem) throw cause;
    const message = cause instanceof Error ? cause.message : String(cause);
    if (cause instanceof TemplateRefusal) throw new ChatProblem(`the chat template refuses the messages: ${message}`);
    throw new ChatProblem(`${place}: the chat template cannot be rendered: ${message}`);
  }
}
