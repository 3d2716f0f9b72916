/** Maps of characters as SentencePiece compiles them: a double array over UTF-8 bytes, then the texts, in base64. */

interface Node {
  readonly next: Map<number, Node>;
  value: number | null;
}

export function makeCharsmap(replacements: Readonly<Record<string, string>>): string {
  const texts: Buffer[] = [];
  let size = 0;
  const root: Node = { next: new Map(), value: null };
  for (const [from, to] of Object.entries(replacements)) {
    nodeOf(root, Buffer.from(from)).value = size;
    texts.push(Buffer.from(`${to}\0`));
    size += Buffer.byteLength(to) + 1;
  }
  const units = placed(root);
  const trie = Buffer.alloc(4 + 4 * units.length);
  trie.writeUInt32LE(4 * units.length);
  units.forEach((unit, index) => trie.writeUInt32LE(unit >>> 0, 4 + 4 * index));
  return Buffer.concat([trie, ...texts]).toString('base64');
}

function nodeOf(root: Node, key: Buffer): Node {
  let node = root;
  for (const byte of key) {
    const next: Node = node.next.get(byte) ?? { next: new Map(), value: null };
    node.next.set(byte, next);
    node = next;
  }
  return node;
}

/** The children of a node stand at its base, XOR their byte; its value at the base itself. */
function placed(root: Node): readonly number[] {
  const units: number[] = [0];
  const bases = new Set<number>();
  const place = (node: Node, parent: number): void => {
    const labels = [...node.next.keys(), ...(node.value === null ? [] : [0])];
    let base = 1;
    while (bases.has(base) || labels.some((label) => units[base ^ label] !== undefined)) base++;
    bases.add(base);
    for (const label of labels) units[base ^ label] = label;
    units[parent] = (units[parent] as number) | ((base ^ parent) << 10) | (node.value === null ? 0 : 0x100);
    if (node.value !== null) units[base] = node.value;
    for (const [byte, next] of node.next) place(next, base ^ byte);
  };
  place(root, 0);
  // Whole blocks: no byte leads out of the last one.
  return Array.from({ length: Math.ceil(units.length / 256) * 256 }, (_, index) => units[index] ?? 0);
}
