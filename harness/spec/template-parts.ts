/** Names with open parts, as metrics have them: `eval/best_of_{n}` stands for `eval/best_of_8`. */
const patterns = new Map<string, RegExp>();

/** The values of a template's parts in a metric's name: `{ n: '8' }`; null where the name does not follow it. */
export function templateParts(template: string, name: string): Readonly<Record<string, string>> | null {
  const pattern = patterns.get(template) ?? patternOf(template);
  patterns.set(template, pattern);
  return pattern.exec(name)?.groups ?? null;
}

function patternOf(template: string): RegExp {
  const source = template
    .split(/(\{\w+\})/)
    .map((part) => {
      const [, id] = /^\{(\w+)\}$/.exec(part) ?? [];
      return id === undefined
        ? part.replaceAll(/[^\w/]/g, String.raw`\$&`)
        : `(?<${id}>${id === 'n' ? String.raw`\d+` : '.+'})`;
    })
    .join('');
  return new RegExp(`^${source}$`);
}
