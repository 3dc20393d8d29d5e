import { crc32, deflateSync } from 'node:zlib';

/** More colours than these are shades of letters and of planes that nobody misses. */
const MOST_COLORS = 64;

/** A colour on a larger share of the picture is no shade of a letter: grounds keep theirs, however close they are. */
const LARGE = 1 / 1000;

/**
 * Writes pixels as a PNG with a palette, a third of the size of one with full colours. Pictures of the page have few
 * colours besides the shades of letters, which become the nearest frequent ones.
 * @param {{ width: number, height: number, data: Uint8Array }} picture RGBA
 * @param {number} [mostColors] at most 256; whole pages need more, to keep the pale greys of controls apart
 * @returns {Buffer}
 */
export function palettePng({ width, height, data }, mostColors = MOST_COLORS) {
  const pixels = width * height;
  const counts = new Map();
  const colors = new Uint32Array(pixels);
  for (let i = 0; i < pixels; i++) {
    const [r, g, b] = data.subarray(4 * i, 4 * i + 3);
    colors[i] = (r << 16) | (g << 8) | b;
    counts.set(colors[i], (counts.get(colors[i]) ?? 0) + 1);
  }
  const byCount = [...counts.keys()].sort((a, b) => counts.get(b) - counts.get(a) || a - b);
  const grounds = byCount.filter((color) => counts.get(color) > LARGE * pixels).slice(0, mostColors / 2);
  const palette = paletteOf(byCount, grounds, mostColors);
  const places = new Map(byCount.map((color) => [color, nearest(palette, color).place]));
  const rows = Buffer.alloc(height * (width + 1));
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) rows[y * (width + 1) + 1 + x] = places.get(colors[y * width + x]);
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 3, 0, 0, 0], 8);
  const channels = palette.flatMap((color) => [color >> 16, (color >> 8) & 0xff, color & 0xff]);
  return Buffer.concat([
    Buffer.from([137, 80, 78, 71, 13, 10, 26, 10]),
    chunk('IHDR', header),
    chunk('PLTE', Buffer.from(channels)),
    chunk('IDAT', deflateSync(rows, { level: 9, memLevel: 9 })),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

/**
 * The grounds, and colours, frequent ones first, that keep a distance from all others: the least at which they are few.
 * So a pale line stays apart from the ground that it is drawn on, however few shades of letters are left.
 */
function paletteOf(byCount, grounds, most) {
  for (let apart = 2; ; apart += 2) {
    const palette = [...grounds];
    for (const color of byCount) {
      if (palette.length > 0 && nearest(palette, color).squared < apart ** 2) continue;
      if (palette.push(color) > most) break;
    }
    if (palette.length <= most) return palette;
  }
}

function nearest(palette, color) {
  let [place, squared] = [0, Infinity];
  for (const [i, other] of palette.entries()) {
    const distance =
      ((color >> 16) - (other >> 16)) ** 2 +
      (((color >> 8) & 0xff) - ((other >> 8) & 0xff)) ** 2 +
      ((color & 0xff) - (other & 0xff)) ** 2;
    if (distance < squared) [place, squared] = [i, distance];
  }
  return { place, squared };
}

function chunk(type, body) {
  const named = Buffer.concat([Buffer.from(type, 'latin1'), body]);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(body.length);
  const check = Buffer.alloc(4);
  check.writeUInt32BE(crc32(named));
  return Buffer.concat([length, named, check]);
}
