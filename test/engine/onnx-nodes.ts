/** Counts the nodes of an encoded ONNX model: field 1 of the graph, which is field 7 of the model. */
export function nodeCount(model: Uint8Array): number {
  const [graph] = fieldsOf(model, 7);
  return graph === undefined ? 0 : fieldsOf(graph, 1).length;
}

/** The contents of every field `wanted` that has a length, as protobuf's wire format writes them. */
function fieldsOf(message: Uint8Array, wanted: number): readonly Uint8Array[] {
  const found: Uint8Array[] = [];
  let at = 0;
  const varint = (): number => {
    let [value, scale, byte] = [0, 1, 0];
    do {
      byte = message[at++]!;
      value += (byte & 0x7f) * scale;
      scale *= 128;
    } while (byte >= 128);
    return value;
  };
  while (at < message.length) {
    const tag = varint();
    const size = varint();
    if (tag % 8 === 0) continue; // a number: the size was its value
    if (tag % 8 !== 2) throw new Error(`wire type ${tag % 8} is not read here`);
    if (Math.floor(tag / 8) === wanted) found.push(message.subarray(at, at + size));
    at += size;
  }
  return found;
}
