/** The `post_processor` of a tokenizer.json: the special tokens around one text. */
import type { FeatureReader } from '../feature-reader.ts';
import { readPart } from '../read-part.ts';
import { readCls } from './cls-sep.ts';
import type { Frame, IsToken } from './frame.ts';
import { readTemplate } from './template.ts';

export const bareFrame: Frame = [null];

function processorsOf(isToken: IsToken): Readonly<Record<string, (reader: FeatureReader) => Frame>> {
  return {
    BertProcessing: (reader) => readCls(reader, isToken),
    ByteLevel: readByteLevel,
    RobertaProcessing: (reader) => readRoberta(reader, isToken),
    Sequence: (reader) => readSequence(reader, isToken),
    TemplateProcessing: (reader) => readTemplate(reader, isToken),
  };
}

export function readPostProcessor(reader: FeatureReader | null, isToken: IsToken): Frame {
  if (reader === null) return bareFrame;
  return readPart(reader, { name: null, kinds: processorsOf(isToken), otherwise: bareFrame });
}

/** It shifts where tokens start and end in the text, which nobody asks for here, and no ids. */
function readByteLevel(reader: FeatureReader): Frame {
  for (const flag of ['add_prefix_space', 'trim_offsets', 'use_regex']) reader.flag(flag, true);
  return bareFrame;
}

function readRoberta(reader: FeatureReader, isToken: IsToken): Frame {
  for (const flag of ['add_prefix_space', 'trim_offsets']) reader.flag(flag, true);
  return readCls(reader, isToken);
}

/** Each frames what those before it made of the text. */
function readSequence(reader: FeatureReader, isToken: IsToken): Frame {
  const frames = reader.children('processors').map((part) => readPostProcessor(part, isToken));
  const framing = frames.filter((frame) => frame.length !== 1 || frame[0] !== null);
  if (framing.length > 1) reader.refuse('more than one of the processors adds tokens');
  return framing[0] ?? bareFrame;
}
