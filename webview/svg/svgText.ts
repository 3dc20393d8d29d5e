/** Where a text lies, in pixels. */
export interface TextSize {
  width: number;
  /** Height above and below the alphabetic baseline. */
  ascent: number;
  descent: number;
  /** Distance from the baseline that is asked for down to the alphabetic baseline. */
  shift: number;
}

export type TextMeasure = (text: string, font: string, baseline: string) => TextSize;

/** Measures texts with a canvas of the browser, which has the fonts of the page. */
export function canvasMeasure(): TextMeasure {
  const ctx = document.createElement('canvas').getContext('2d');
  if (!ctx) throw new Error('This browser gives no 2-D canvas to measure text with.');
  return (text, font, baseline) => {
    ctx.font = font;
    ctx.textBaseline = 'alphabetic';
    const plain = ctx.measureText(text);
    ctx.textBaseline = baseline as CanvasTextBaseline;
    const shift = plain.fontBoundingBoxAscent - ctx.measureText(text).fontBoundingBoxAscent;
    return {
      width: plain.width,
      ascent: plain.actualBoundingBoxAscent,
      descent: plain.actualBoundingBoxDescent,
      shift,
    };
  };
}

/** Writes attributes, without those that are undefined. */
export function attributes(given: Record<string, string | number | undefined>): string {
  return Object.entries(given)
    .flatMap(([name, value]) => (value === undefined ? [] : [` ${name}="${escaped(String(value))}"`]))
    .join('');
}

export function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}

/** Rounds to hundredths of a pixel, which nobody sees, and never writes a negative zero. */
export function rounded(value: number, digits = 2): number {
  return Number(value.toFixed(digits)) + 0;
}
