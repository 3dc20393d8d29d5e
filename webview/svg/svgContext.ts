import { colorParts } from '../color';
import { attributes, escaped, rounded } from './svgText';
import type { TextMeasure } from './svgText';

/** A matrix [a b c d e f] that maps (x, y) to (ax + cy + e, bx + dy + f), as in canvas and SVG. */
type Matrix = readonly [number, number, number, number, number, number];

type Paint = Record<string, string | number | undefined>;

const IDENTITY: Matrix = [1, 0, 0, 1, 0, 0];

/**
 * A canvas context that records what is drawn as SVG: shapes as shapes, and text as text. It has what the page's charts
 * use of a 2-D context: paths, rectangles, text, dashes, transformations, clipping and opacity. Gradients, pictures and
 * shadows are left out, because no chart draws them.
 */
export class SvgContext {
  lineWidth = 1;
  lineCap = 'butt';
  lineJoin = 'miter';
  lineDashOffset = 0;
  font = '10px sans-serif';
  textAlign = 'start';
  textBaseline = 'alphabetic';
  globalAlpha = 1;
  private fillPaint = '#000000';
  private strokePaint = '#000000';
  private dash: readonly number[] = [];
  private matrix = IDENTITY;
  /** Ids of the clip paths in force, the outermost first. */
  private clips: readonly string[] = [];
  private readonly stack: object[] = [];
  private path = '';
  private elements: { markup: string; clips: readonly string[] }[] = [];
  private readonly clipPaths = new Map<string, string>();

  /** @param prefix makes the ids of clip paths unique among several drawings of one page */
  constructor(
    readonly canvas: { width: number; height: number },
    private readonly measure: TextMeasure,
    private readonly prefix = 'clip',
  ) {}

  get fillStyle(): string {
    return this.fillPaint;
  }

  /** A canvas ignores what is no colour, and so does this. */
  set fillStyle(color: unknown) {
    if (typeof color === 'string') this.fillPaint = color;
  }

  get strokeStyle(): string {
    return this.strokePaint;
  }

  set strokeStyle(color: unknown) {
    if (typeof color === 'string') this.strokePaint = color;
  }

  /** The elements drawn so far, with the clip paths that they refer to. */
  markup(): string {
    const parts: string[] = [];
    if (this.clipPaths.size > 0) {
      const paths = [...this.clipPaths].map(([d, id]) => `<clipPath id="${id}"><path d="${d}"/></clipPath>`);
      parts.push(`<defs>${paths.join('')}</defs>`);
    }
    let open: readonly string[] = [];
    for (const { markup, clips } of [...this.elements, { markup: '', clips: [] }]) {
      let same = 0;
      while (same < open.length && open[same] === clips[same]) same += 1;
      parts.push('</g>'.repeat(open.length - same));
      parts.push(...clips.slice(same).map((id) => `<g clip-path="url(#${id})">`), markup);
      open = clips;
    }
    return parts.filter(Boolean).join('\n');
  }

  save(): void {
    const { lineWidth, lineCap, lineJoin, lineDashOffset, font, textAlign, textBaseline, globalAlpha } = this;
    const { fillPaint, strokePaint, dash, matrix, clips } = this;
    this.stack.push({
      ...{ lineWidth, lineCap, lineJoin, lineDashOffset, font, textAlign, textBaseline, globalAlpha },
      ...{ fillPaint, strokePaint, dash, matrix, clips },
    });
  }

  restore(): void {
    Object.assign(this, this.stack.pop());
  }

  translate(x: number, y: number): void {
    this.transform(1, 0, 0, 1, x, y);
  }

  rotate(angle: number): void {
    const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
    this.transform(cos, sin, -sin, cos, 0, 0);
  }

  scale(x: number, y: number): void {
    this.transform(x, 0, 0, y, 0, 0);
  }

  transform(a: number, b: number, c: number, d: number, e: number, f: number): void {
    const [A, B, C, D, E, F] = this.matrix;
    this.matrix = [A * a + C * b, B * a + D * b, A * c + C * d, B * c + D * d, A * e + C * f + E, B * e + D * f + F];
  }

  setTransform(a: number, b: number, c: number, d: number, e: number, f: number): void {
    this.matrix = [a, b, c, d, e, f];
  }

  resetTransform(): void {
    this.matrix = IDENTITY;
  }

  beginPath(): void {
    this.path = '';
  }

  closePath(): void {
    if (this.path !== '') this.path += 'Z';
  }

  moveTo(x: number, y: number): void {
    this.path += `M${this.at(x, y)}`;
  }

  lineTo(x: number, y: number): void {
    this.path += `${this.path === '' ? 'M' : 'L'}${this.at(x, y)}`;
  }

  quadraticCurveTo(cx: number, cy: number, x: number, y: number): void {
    this.path += `Q${this.at(cx, cy)} ${this.at(x, y)}`;
  }

  bezierCurveTo(ax: number, ay: number, bx: number, by: number, x: number, y: number): void {
    this.path += `C${this.at(ax, ay)} ${this.at(bx, by)} ${this.at(x, y)}`;
  }

  rect(x: number, y: number, width: number, height: number): void {
    this.moveTo(x, y);
    this.lineTo(x + width, y);
    this.lineTo(x + width, y + height);
    this.lineTo(x, y + height);
    this.closePath();
  }

  arc(x: number, y: number, radius: number, from: number, to: number, counterclockwise = false): void {
    const turn = 2 * Math.PI;
    let sweep = counterclockwise ? from - to : to - from;
    // As on a canvas: an angle of a whole turn or more draws the circle once, and a negative angle goes the long way.
    sweep = sweep >= turn ? turn : ((sweep % turn) + turn) % turn;
    const sign = counterclockwise ? -1 : 1;
    const on = (angle: number): [number, number] => [x + radius * Math.cos(angle), y + radius * Math.sin(angle)];
    this.lineTo(...on(from));
    const r = rounded(radius * this.magnification());
    // SVG cannot draw a whole circle as one arc, so every arc is drawn as two.
    for (const part of [0.5, 1]) {
      this.path += `A${r} ${r} 0 0 ${counterclockwise ? 0 : 1} ${this.at(...on(from + sign * part * sweep))}`;
    }
  }

  fill(rule: 'nonzero' | 'evenodd' = 'nonzero'): void {
    this.draw('path', { d: this.path, ...this.filling(), 'fill-rule': rule === 'evenodd' ? rule : undefined });
  }

  stroke(path?: never): void {
    if (path !== undefined) throw new Error('A Path2D cannot be recorded, since it does not tell its points.');
    this.draw('path', { d: this.path, ...this.stroking() });
  }

  clip(): void {
    const known = this.clipPaths.get(this.path);
    const id = known ?? `${this.prefix}-${this.clipPaths.size + 1}`;
    this.clipPaths.set(this.path, id);
    if (!this.clips.includes(id)) this.clips = [...this.clips, id];
  }

  fillRect(x: number, y: number, width: number, height: number): void {
    this.rectangle(x, y, width, height, this.filling());
  }

  strokeRect(x: number, y: number, width: number, height: number): void {
    this.rectangle(x, y, width, height, this.stroking());
  }

  /** Forgets everything where the whole drawing is cleared. No chart clears a part of itself. */
  clearRect(x: number, y: number, width: number, height: number): void {
    if (x <= 0 && y <= 0 && width >= this.canvas.width && height >= this.canvas.height) this.elements = [];
  }

  setLineDash(dash: readonly number[]): void {
    this.dash = [...dash];
  }

  getLineDash(): number[] {
    return [...this.dash];
  }

  measureText(text: string): { width: number; actualBoundingBoxAscent: number; actualBoundingBoxDescent: number } {
    const { width, ascent, descent } = this.measure(text, this.font, 'alphabetic');
    return { width, actualBoundingBoxAscent: ascent, actualBoundingBoxDescent: descent };
  }

  fillText(text: string, x: number, y: number): void {
    this.text(text, x, y, this.filling());
  }

  strokeText(text: string, x: number, y: number): void {
    this.text(text, x, y, this.stroking());
  }

  private text(text: string, x: number, y: number, paint: Paint): void {
    const { font, textAlign, textBaseline, matrix } = this;
    const [, style, weight, size, family] =
      font.match(/^(italic |oblique )?(?:normal )?(bold |bolder |lighter |\d{3} )?([\d.]+)px (.+)$/) ?? [];
    // Many editors of SVG ignore its baselines, so the text is moved to the alphabetic one.
    const shift = this.measure(text, font, textBaseline).shift;
    const [a, b, c, d] = matrix;
    const turned = b !== 0 || c !== 0 || a !== 1 || d !== 1;
    const place = turned
      ? {
          x: rounded(x),
          y: rounded(y + shift),
          transform: `matrix(${matrix.map((value) => rounded(value, 4)).join(' ')})`,
        }
      : { x: rounded(x + matrix[4]), y: rounded(y + shift + matrix[5]) };
    this.draw(
      'text',
      {
        ...place,
        ...paint,
        'font-family': family ?? 'sans-serif',
        'font-size': size ?? 10,
        'font-weight': weight?.trim(),
        'font-style': style?.trim(),
        'text-anchor': ANCHOR[textAlign],
      },
      escaped(text),
    );
  }

  private rectangle(x: number, y: number, width: number, height: number, paint: Paint): void {
    const [a, b, c, d, e, f] = this.matrix;
    if (b !== 0 || c !== 0) throw new Error('A turned rectangle is drawn as a path.');
    const [left, right] = [a * x + e, a * (x + width) + e];
    const [top, bottom] = [d * y + f, d * (y + height) + f];
    this.draw('rect', {
      x: rounded(Math.min(left, right)),
      y: rounded(Math.min(top, bottom)),
      width: rounded(Math.abs(right - left)),
      height: rounded(Math.abs(bottom - top)),
      ...paint,
    });
  }

  private draw(tag: string, given: Paint, content?: string): void {
    if (given['fill'] === 'none' && given['stroke'] === undefined) return;
    if (given['d'] === '') return;
    const text = attributes(given);
    this.elements.push({
      markup: content === undefined ? `<${tag}${text}/>` : `<${tag}${text}>${content}</${tag}>`,
      clips: this.clips,
    });
  }

  private filling(): Paint {
    const { color, alpha } = colorParts(this.fillPaint);
    const opacity = rounded(alpha * this.globalAlpha, 3);
    if (opacity === 0) return { fill: 'none' };
    return { fill: color, 'fill-opacity': opacity === 1 ? undefined : opacity };
  }

  private stroking(): Paint {
    const { strokePaint, globalAlpha, lineWidth, lineCap, lineJoin, dash, lineDashOffset } = this;
    const { color, alpha } = colorParts(strokePaint);
    const opacity = rounded(alpha * globalAlpha, 3);
    if (opacity === 0) return { fill: 'none' };
    const scale = this.magnification();
    return {
      fill: 'none',
      stroke: color,
      'stroke-opacity': opacity === 1 ? undefined : opacity,
      'stroke-width': rounded(lineWidth * scale),
      'stroke-linecap': lineCap === 'butt' ? undefined : lineCap,
      'stroke-linejoin': lineJoin === 'miter' ? undefined : lineJoin,
      'stroke-dasharray': dash.length > 0 ? dash.map((length) => rounded(length * scale)).join(' ') : undefined,
      'stroke-dashoffset': lineDashOffset === 0 ? undefined : rounded(lineDashOffset * scale),
    };
  }

  private at(x: number, y: number): string {
    const [a, b, c, d, e, f] = this.matrix;
    return `${rounded(a * x + c * y + e)} ${rounded(b * x + d * y + f)}`;
  }

  /** Scale of lengths under the present matrix, exact for turns and equal scaling of both axes. */
  private magnification(): number {
    const [a, b, c, d] = this.matrix;
    return Math.sqrt(Math.abs(a * d - b * c));
  }
}

const ANCHOR: Record<string, string | undefined> = { center: 'middle', right: 'end', end: 'end' };
