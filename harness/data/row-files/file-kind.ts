/** What a file is, by its first bytes: a name may say nothing, or the wrong thing. */

/** Bytes that tell every kind below; a tar archive names itself last, at byte 257. */
export const headBytes = 1024;

export type FileKind =
  | { readonly kind: 'parquet' }
  | { readonly kind: 'gzip' }
  | { readonly kind: 'zstd' }
  | { readonly kind: 'text' }
  /** `what` is its name in a sentence, `remedy` what makes rows of it. */
  | { readonly kind: 'other'; readonly what: string; readonly remedy: string };

type Other = Omit<Extract<FileKind, { kind: 'other' }>, 'kind'>;

interface Magic {
  readonly bytes: string;
  readonly at?: number;
  readonly what: string;
  readonly remedy: string;
}

const asRows = 'to_json("converted.jsonl", orient="records", lines=True)';
const utf16Remedy = 'Convert it: iconv -f UTF-16 -t UTF-8 FILE > converted.jsonl';
const utf32Remedy = 'Convert it: iconv -f UTF-32 -t UTF-8 FILE > converted.jsonl';
const arrowRemedy = `Convert it in Python: pandas.read_feather("FILE").${asRows}`;

/** As Latin-1 text; UTF-32 before UTF-16, whose mark it begins with. */
const magics: readonly Magic[] = [
  { bytes: '\u00fd7zXZ\u0000', what: 'a file compressed with xz', remedy: 'Unpack it: xz -dk FILE' },
  { bytes: 'BZh', what: 'a file compressed with bzip2', remedy: 'Unpack it: bzip2 -dk FILE' },
  { bytes: '\u0004"M\u0018', what: 'a file compressed with lz4', remedy: 'Unpack it: lz4 -dk FILE' },
  { bytes: 'PK\u0003\u0004', what: 'a zip archive', remedy: 'Unpack it and give the file in it: unzip FILE' },
  { bytes: "7z\u00bc\u00af'\u001c", what: 'a 7z archive', remedy: 'Unpack it and give the file in it.' },
  { bytes: 'ustar', at: 257, what: 'a tar archive', remedy: 'Unpack it and give a file in it: tar -xf FILE' },
  { bytes: 'ARROW1', what: 'an Arrow (Feather) file', remedy: arrowRemedy },
  { bytes: 'FEA1', what: 'a Feather file of version 1', remedy: arrowRemedy },
  {
    bytes: '\u00ff\u00ff\u00ff\u00ff',
    what: 'a stream of Arrow, as the `datasets` library keeps it',
    remedy: 'Convert it in Python: datasets.Dataset.from_file("FILE").to_json("converted.jsonl")',
  },
  { bytes: 'Obj\u0001', what: 'an Avro file', remedy: 'Convert it to JSONL or Parquet.' },
  { bytes: 'ORC', what: 'an ORC file', remedy: `Convert it in Python: pandas.read_orc("FILE").${asRows}` },
  { bytes: 'SQLite format 3', what: 'a SQLite database', remedy: 'Write the table with the rows as JSONL.' },
  { bytes: '\u0000\u0000\u00fe\u00ff', what: 'UTF-32 text', remedy: utf32Remedy },
  { bytes: '\u00ff\u00fe\u0000\u0000', what: 'UTF-32 text', remedy: utf32Remedy },
  { bytes: '\u00fe\u00ff', what: 'UTF-16 text', remedy: utf16Remedy },
  { bytes: '\u00ff\u00fe', what: 'UTF-16 text', remedy: utf16Remedy },
  {
    bytes: 'version https://git-lfs.github.com/spec/',
    what: 'a pointer of Git LFS, not the file it stands for',
    remedy: 'Fetch the file: git lfs pull',
  },
  {
    bytes: '<',
    what: 'a page of HTML or XML',
    remedy: 'This is often the error page of a download: download the file itself.',
  },
];

/** @param head The first bytes, `headBytes` of them where there are so many. */
export function fileKind(head: Buffer): FileKind {
  const text = head.toString('latin1');
  const found = magics.find(({ bytes, at = 0 }) => text.startsWith(bytes, at)) ?? unmarked(head);
  if (text.startsWith('PAR1')) return { kind: 'parquet' };
  if (text.startsWith('\u001f\u008b')) return { kind: 'gzip' };
  if (isZstd(head)) return { kind: 'zstd' };
  return found === null ? { kind: 'text' } : { kind: 'other', what: found.what, remedy: found.remedy };
}

/** A frame, or one to be skipped, which some programs write first. */
function isZstd(head: Buffer): boolean {
  if (head.length < 4) return false;
  const magic = head.readUInt32LE();
  return magic === 0xfd2fb528 || magic >>> 4 === 0x184d2a5;
}

/** JSON begins with ASCII, so that the zero bytes beside it tell the width of a character (RFC 4627, section 3). */
function unmarked(head: Buffer): Pick<Magic, 'what' | 'remedy'> | null {
  const zeros = [...head.subarray(0, 4)].map((byte) => (byte === 0 ? '0' : 'x')).join('');
  if (zeros === '000x' || zeros === 'x000') return { what: 'UTF-32 text without a mark', remedy: utf32Remedy };
  const order = zeros.startsWith('0x') ? 'BE' : zeros.startsWith('x0') ? 'LE' : null;
  if (order !== null)
    return { what: 'UTF-16 text without a mark', remedy: utf16Remedy.replace('UTF-16', `UTF-16${order}`) };
  const [first = 0, second = 0] = head;
  return first === 0x80 && second >= 2 && second <= 5 ? pickle : null;
}

const pickle = {
  what: 'a pickle of Python',
  remedy: `Convert it in Python, if you trust it: pandas.read_pickle("FILE").${asRows}`,
};

/** What a text is that does not begin as JSON; null where it does, or is empty. */
export function otherText(text: string): Other | null {
  const [line = ''] = text
    .replace(/^\uFEFF/, '')
    .trimStart()
    .split(/[\r\n]/, 1);
  if (line === '' || /^[[{]/.test(line)) return null;
  return (
    tableOf(text) ?? { what: `text that is no JSON (${excerptOf(line)})`, remedy: 'Write one JSON object a line.' }
  );
}

/** A table whose first line names its columns; null where a text is none. */
export function tableOf(text: string): Other | null {
  const [header = ''] = text.replace(/^\uFEFF/, '').split(/[\r\n]/, 1);
  const isHeader = (separator: string): boolean => {
    const names = header.split(separator);
    return names.length > 1 && names.every((name) => /^\s*(?:"[^"]*"|[A-Za-z_][\w .-]*)\s*$/.test(name));
  };
  const separator = ['\t', ',', ';'].find(isHeader);
  if (separator === undefined) return null;
  const option = separator === ',' ? '' : `, sep=${JSON.stringify(separator)}`;
  return {
    what: `${separator === '\t' ? 'TSV' : 'CSV'} (${excerptOf(header)})`,
    remedy: `Convert it in Python: pandas.read_csv("FILE"${option}).${asRows}`,
  };
}

function excerptOf(line: string): string {
  const characters = Array.from(line);
  return `it begins with ${JSON.stringify(characters.slice(0, 60).join(''))}`;
}
