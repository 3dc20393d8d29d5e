import jpeg from 'jpeg-js';
import { PNG } from 'pngjs';
import { UserError } from '../errors';
import { takeColourKey } from './colourKey';
import { checkImageSize } from './imageSize';
import type { Pixels } from './resample';

/** RGBA pixels with the largest value that a channel can have: 255, or 65535 in 16-bit PNG images. */
export interface Image extends Pixels {
  largest: number;
}

/** Offset of the bit depth in a PNG file. @see https://www.w3.org/TR/png-3/#11IHDR */
const BIT_DEPTH_AT = 24;

/**
 * Decodes a PNG or JPEG image. 16-bit channels keep their depth. Channels of 1, 2 or 4 bits and palettes become 8-bit
 * channels without loss. A transparent pixel keeps its colour.
 * @throws UserError if the image is damaged, too large or of another format
 */
export function decodeImage(bytes: Uint8Array, file: string): Image {
  try {
    checkImageSize(bytes);
    if (bytes[0] === 0xff) {
      const image = jpeg.decode(bytes, { useTArray: true, formatAsRGBA: true, maxMemoryUsageInMB: 1024 });
      return { width: image.width, height: image.height, channels: 4, data: image.data, largest: 255 };
    }
    return decodePng(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength));
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new UserError(
      { what: `The image cannot be decoded: ${reason}.`, where: [file], action: 'Replace or remove it.' },
      { cause },
    );
  }
}

function decodePng(file: Buffer): Image {
  const depth = file[BIT_DEPTH_AT];
  const deep = depth === 16;
  const key = takeColourKey(file);
  const { width, height, data } = PNG.sync.read(key?.rest ?? file, { skipRescale: deep });
  const image = { width, height, channels: 4, data, largest: deep ? 65535 : 255 };
  if (!key) return image;
  const steps = deep ? 1 : 255 / (2 ** depth - 1);
  const [r, g = r, b = r] = key.samples.map((sample) => sample * steps);
  for (let i = 0; i < data.length; i += 4) {
    if (data[i] === r && data[i + 1] === g && data[i + 2] === b) data[i + 3] = 0;
  }
  return image;
}
