import { CanvasTexture, Sprite, SpriteMaterial, SRGBColorSpace } from 'three';
import type { Theme } from '../theme';

/** Makes a label that always faces the reader. `scaleLabels` gives it the size of the page's text. */
export function textSprite(text: string, color: string, theme: Theme): Sprite {
  const ratio = 4;
  const canvas = document.createElement('canvas');
  const ctx = canvas.getContext('2d');
  if (!ctx) throw new Error('This browser gives no 2-D canvas for the labels.');
  const font = `${12 * ratio}px ${theme.fontFamily}`;
  ctx.font = font;
  canvas.width = Math.ceil(ctx.measureText(text).width) + 8 * ratio;
  canvas.height = 18 * ratio;
  // The new size of the canvas has reset the font, so it is set again.
  ctx.font = font;
  ctx.fillStyle = color;
  ctx.textBaseline = 'middle';
  ctx.textAlign = 'center';
  ctx.lineJoin = 'round';
  ctx.lineWidth = 4 * ratio;
  ctx.strokeStyle = theme.background;
  ctx.strokeText(text, canvas.width / 2, canvas.height / 2);
  ctx.fillText(text, canvas.width / 2, canvas.height / 2);
  const map = new CanvasTexture(canvas);
  map.colorSpace = SRGBColorSpace;
  // The edge of the halo is half transparent. Without this, the device mixes it with the black of empty pixels.
  map.premultiplyAlpha = true;
  const sprite = new Sprite(
    new SpriteMaterial({ map, depthTest: false, sizeAttenuation: false, premultipliedAlpha: true }),
  );
  sprite.userData['aspect'] = canvas.width / canvas.height;
  return sprite;
}
