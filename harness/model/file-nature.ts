/**
 * What a file really is where it is not what its name says: the usual accidents of downloading. Told from its first
 * bytes, so that the message names the cause and not what a parser stumbled over.
 */
import { closeSync, openSync, readSync } from 'node:fs';
import { dirname } from 'node:path';

export interface FileNature {
  /** Continues "FILE is ...". */
  readonly is: string;
  readonly hint: string;
}

/** Enough for a Git LFS pointer, which has three short lines. */
const firstBytes = 512;

const again = 'Download it again; a model that needs a login answers with a page instead of the file.';

/** Null where nothing is known against it, or it cannot be read. */
export function natureOfFile(path: string): FileNature | null {
  const start = startOf(path);
  return start === null ? null : natureOf(path, start);
}

/** Of a file that begins with `start`. */
export function natureOf(path: string, start: Buffer): FileNature | null {
  if (start.length === 0) return { is: 'empty', hint: 'The download failed: download it again.' };
  return pointerNature(path, start) ?? pageNature(start) ?? binaryNature(start);
}

function startOf(path: string): Buffer | null {
  const buffer = Buffer.alloc(firstBytes);
  try {
    const file = openSync(path, 'r');
    try {
      return buffer.subarray(0, readSync(file, buffer, 0, firstBytes, 0));
    } finally {
      closeSync(file);
    }
  } catch {
    return null;
  }
}

function pointerNature(path: string, start: Buffer): FileNature | null {
  const text = start.toString('latin1');
  if (!text.startsWith('version https://git-lfs.github.com/spec/')) return null;
  const size = /^size (\d+)$/m.exec(text)?.[1];
  const of = size === undefined ? '' : ` of ${size} bytes`;
  return {
    is: `a Git LFS pointer to a file${of}, not the file itself`,
    hint: `Run \`git lfs pull\` in ${dirname(path)}, or download the file itself.`,
  };
}

function pageNature(start: Buffer): FileNature | null {
  const text = start
    .toString('latin1')
    .replace(/^\xef\xbb\xbf/, '')
    .trimStart()
    .toLowerCase();
  if (/^<(!doctype|html|head|\?xml)/.test(text)) return { is: 'a web page, not the file itself', hint: again };
  return null;
}

/** By the first bytes of the format. */
const formats: readonly (readonly [magic: Buffer, nature: FileNature])[] = [
  [
    Buffer.from('GGUF'),
    {
      is: 'a GGUF file (llama.cpp), which is not read',
      hint: 'Give the folder that it was made from, with config.json and model.safetensors.',
    },
  ],
  [
    Buffer.from('PK\u0003\u0004'),
    {
      is: 'a zip archive: what torch.save writes, under another name',
      hint: 'Save the model again with transformers: save_pretrained(folder) writes safetensors.',
    },
  ],
  [
    Buffer.from([0x80, 0x02]),
    {
      is: 'a Python pickle: what torch.save wrote, under another name',
      hint: 'Save the model again with transformers: save_pretrained(folder) writes safetensors.',
    },
  ],
  [Buffer.from([0x1f, 0x8b]), { is: 'compressed with gzip', hint: 'Unpack it with gunzip.' }],
  [Buffer.from([0x28, 0xb5, 0x2f, 0xfd]), { is: 'compressed with zstd', hint: 'Unpack it with unzstd.' }],
];

function binaryNature(start: Buffer): FileNature | null {
  const found = formats.find(([magic]) => start.subarray(0, magic.length).equals(magic));
  return found?.[1] ?? null;
}
