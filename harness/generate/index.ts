/** The public face of the generation room: prompts -> responses of a language model, the same in any batch. */
export { defaultBatch, generateResponses, type GenerateOptions } from './generate-responses.ts';
export type { Generated, Prompt, SamplingWithEnd } from './response.ts';
export type { Sampling } from './sampling.ts';
export type { LanguageModel } from './language-model.ts';
export {
  completionText,
  loadLanguageModel,
  openLanguageModel,
  type OpenedLanguageModel,
} from './open-language-model.ts';
export { readPrompts, type PromptLimits, type PromptRow } from './read-prompts.ts';
