/** Says in a PNG how large it is in print (chunk pHYs): LaTeX and editors then set it in its own size. */
import { crc32 } from 'node:zlib';

/** Of the signature and the header, which is always first. */
const headLength = 8 + 25;
const inchesOfMetre = 1 / 0.0254;

export function withResolution(png: Buffer, dotsPerInch: number): Buffer {
  const dots = Math.round(dotsPerInch * inchesOfMetre);
  const chunk = Buffer.alloc(21);
  chunk.writeUInt32BE(9, 0);
  chunk.write('pHYs', 4, 'latin1');
  chunk.writeUInt32BE(dots, 8);
  chunk.writeUInt32BE(dots, 12);
  chunk.writeUInt8(1, 16); // the unit is the metre
  chunk.writeUInt32BE(crc32(chunk.subarray(4, 17)), 17);
  return Buffer.concat([png.subarray(0, headLength), chunk, png.subarray(headLength)]);
}
