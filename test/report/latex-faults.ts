/** What pdfTeX would stop at, as far as it can be told without it. Of what results.tex is made of, and nothing more. */

const commands = new Set(
  `begin end caption label centering small footnotesize scriptsize setlength tabcolsep toprule midrule bottomrule
  endhead endfirsthead endfoot begingroup endgroup raggedright raggedleft arraybackslash dimexpr linewidth relax
  textbackslash textasciicircum textasciitilde textless textgreater textbar textasciigrave textperiodcentered
  textsuperscript ldots pm geq leq times approx neq leftarrow rightarrow`.split(/\s+/),
);

export function latexFaults(text: string): readonly string[] {
  const body = text.replaceAll(/^%.*$/gm, '');
  // What is escaped is text; what is left of specials must mean something.
  const bare = body.replaceAll('\\\\', '').replaceAll(/\\[{}$&#_%]/g, '');
  const stray = [
    ...bare.replaceAll(/\\begin\{(?:tabular|longtable)\}\{.*\}$/gm, '').matchAll(/[%#_^~]|[^\p{ASCII}\p{L}]/gu),
  ];
  const unknown = [...bare.matchAll(/\\([A-Za-z]+|.)/g)].filter(([, name = '']) => !commands.has(name));
  return [
    ...stray.map(([sign]) => `a bare ${sign}`),
    ...unknown.map(([name]) => `${name} is no command`),
    ...braceFaults(bare),
    ...(bare.split('$').length % 2 === 0 ? ['$ is left open'] : []),
    ...environmentFaults(bare),
    ...rowFaults(body),
    ...(/\\caption(?:(?!\\label)[^])*\n\s*\n(?:(?!\\begin)[^])*\\label/.test(body)
      ? ['a caption with a paragraph']
      : []),
  ];
}

function braceFaults(text: string): readonly string[] {
  let depth = 0;
  for (const sign of text) {
    depth += sign === '{' ? 1 : sign === '}' ? -1 : 0;
    if (depth < 0) return ['} without {'];
  }
  return depth === 0 ? [] : ['{ is left open'];
}

function environmentFaults(text: string): readonly string[] {
  const open: string[] = [];
  const faults: string[] = [];
  for (const [, way, name = ''] of text.matchAll(/\\(begin|end)\{([a-z]+)\}/g)) {
    if (way === 'begin') open.push(name);
    else if (open.pop() !== name) faults.push(`\\end{${name}} ends something else`);
  }
  return [...faults, ...open.map((name) => `${name} is left open`)];
}

/** All rows of a table have as many cells as it has columns. */
function rowFaults(text: string): readonly string[] {
  const tables = text.matchAll(/\\begin\{(tabular|longtable)\}\{(.*)\}\n([^]*?)\\end\{\1\}/g);
  return [...tables].flatMap(([, , columns = '', rows = '']) => {
    const wanted = columns.replaceAll(/>\{[^}]*\}p\{[^}]*\}/g, 'p').length;
    const lines = rows.split('\n').filter((line) => line.endsWith('\\\\') && !line.startsWith('\\caption'));
    return lines.flatMap((line) => {
      const cells = line.replaceAll('\\&', '').split('&').length;
      return cells === wanted ? [] : [`${cells} cells in a row of ${wanted}: ${line}`];
    });
  });
}
