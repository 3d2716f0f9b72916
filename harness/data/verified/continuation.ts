/** What of a whole Python module follows a prompt that ends behind a function's docstring. */

/** null where the module does not go on from the prompt: another signature, or other code before it. */
export function continuationOf(code: string, prompt: string, entryPoint: string): string | null {
  const written = splitAtFunction(code, entryPoint);
  const asked = splitAtFunction(prompt, entryPoint);
  if (written === null || asked === null) return null;
  if (parameterNames(written.signature) !== parameterNames(asked.signature)) return null;
  return hasSameHead(written.head, asked.head) ? withoutDocstring(written.rest) : null;
}

interface SplitModule {
  /** Lines before the function that are not empty. */
  readonly head: readonly string[];
  readonly signature: string;
  /** Lines behind the signature. */
  readonly rest: readonly string[];
}

function splitAtFunction(code: string, name: string): SplitModule | null {
  const lines = code.replaceAll('\r\n', '\n').split('\n');
  const at = lines.findIndex((line) => line.startsWith(`def ${name}(`));
  const signature = lines[at]?.trimEnd();
  if (signature === undefined || !signature.endsWith(':')) return null;
  const head = lines.slice(0, at).map((line) => line.trimEnd());
  return { head: head.filter((line) => line !== ''), signature, rest: lines.slice(at + 1) };
}

/** Without annotations: models drop them, and they change nothing. */
function parameterNames(signature: string): string {
  const inside = signature.slice(signature.indexOf('(') + 1, signature.lastIndexOf(')'));
  let depth = 0;
  const parameters = [''];
  for (const character of inside) {
    if ('[({'.includes(character)) depth += 1;
    else if ('])}'.includes(character)) depth -= 1;
    if (character === ',' && depth === 0) parameters.push('');
    else parameters.push((parameters.pop() ?? '') + character);
  }
  return parameters.map((parameter) => parameter.split(/[:=]/, 1)[0]?.trim()).join(',');
}

/** An import that the prompt has is there already; one that it has not would be lost. */
function hasSameHead(written: readonly string[], asked: readonly string[]): boolean {
  const isImport = (line: string): boolean => /^(?:from|import)\s/.test(line);
  return (
    written.every((line) => asked.includes(line)) && asked.every((line) => isImport(line) || written.includes(line))
  );
}

function withoutDocstring(lines: readonly string[]): string {
  const text = lines.join('\n');
  const docstring = /^\s*[rRuU]?("""|''')[^]*?\1[^\n]*\n?/.exec(text)?.[0] ?? '';
  return text.slice(docstring.length).trimEnd();
}
