/** The Python of a Jupyter notebook: its code cells, one after the other, as one file. */

interface Notebook {
  readonly cells: readonly { readonly cell_type?: unknown; readonly source?: unknown }[];
}

/** Cell magics whose cell is still Python. */
const pythonMagic = /^%%(?:time|timeit|capture|prun|memit|debug)\b/;
/** IPython's own: magics, shell commands, help. */
const ipythonLine = /^\s*(?:[%!]|\?{1,2}\w|[\w.]+\?{1,2}\s*$)/;

/** Without magics, shell lines and cells of other languages; null where it is no notebook of Python. */
export function notebookCode(text: string): string | null {
  const notebook = parse(text);
  if (notebook === null || !isPython(notebook)) return null;
  return notebook.cells
    .filter((cell) => cell.cell_type === 'code')
    .map((cell) => pythonOf(sourceOf(cell.source)))
    .filter((code) => code.trim() !== '')
    .join('\n\n');
}

function parse(text: string): Notebook | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && 'cells' in value && Array.isArray(value.cells)
      ? (value as Notebook)
      : null;
  } catch {
    return null;
  }
}

/** What a notebook does not say is Python, as Jupyter has it. */
function isPython(notebook: Notebook): boolean {
  const { metadata } = notebook as Notebook & {
    readonly metadata?: {
      readonly language_info?: { readonly name?: unknown };
      readonly kernelspec?: { readonly language?: unknown };
    };
  };
  const name = metadata?.language_info?.name ?? metadata?.kernelspec?.language ?? 'python';
  return typeof name === 'string' && /^i?python\d?$/i.test(name);
}

/** A text, or its lines with their ends. */
function sourceOf(source: unknown): string {
  return Array.isArray(source) ? source.join('') : typeof source === 'string' ? source : '';
}

function pythonOf(cell: string): string {
  const lines = cell.replaceAll('\r\n', '\n').split('\n');
  const first = lines.find((line) => line.trim() !== '') ?? '';
  if (first.startsWith('%%') && !pythonMagic.test(first)) return '';
  return lines.filter((line) => !ipythonLine.test(line)).join('\n');
}
