import type { DataPreview, SampleArray } from '../../src/protocol/dataPreview';
import { formatExact, formatNumber } from '../../src/text/numbers';
import { h } from '../dom';

/** Shows the first samples as the model reads them: images as images, tables as rows, tokens as numbers. */
export function samplePreview({ inputs, target, notes }: DataPreview): HTMLElement {
  return h(
    'div',
    { class: 'preview' },
    ...inputs.map((input) =>
      h(
        'figure',
        {},
        h('figcaption', {}, captionOf(input)),
        input.image ? pictures(input, target) : rows(input, input.shape.length <= 1 ? target : null),
      ),
    ),
    target && h('p', { class: 'note' }, `Targets: ${captionOf(target)}`),
    notes.length > 0 && h('ul', { class: 'notes' }, ...notes.map((note) => h('li', {}, note))),
  );
}

function captionOf({ name, key, dtype, shape }: SampleArray): string {
  const from = key === null || key === name ? '' : `, from «${key}»`;
  const each = shape.length === 0 ? ', one' : ` [${shape.join(', ')}]`;
  return `«${name}» ${dtype}${each} per sample${from}`;
}

function pictures(input: SampleArray, target: SampleArray | null): HTMLElement {
  const range = rangeOf(input.samples);
  return h(
    'div',
    { class: 'pictures' },
    ...input.samples.map((values, i) => {
      const label = target ? targetText(target.samples[i] ?? []) : '';
      return h(
        'div',
        { class: 'picture' },
        picture(values, input.image!, range, `Sample ${i + 1}${label === '' ? '' : `, target ${label}`}`),
        label !== '' && h('span', { class: 'note' }, label),
      );
    }),
  );
}

/** Draws one sample. Its values are spread from black to white over the range of all that are shown. */
function picture(
  values: readonly number[],
  { width, height, channels }: NonNullable<SampleArray['image']>,
  range: { min: number; max: number },
  name: string,
): HTMLCanvasElement {
  const canvas = h('canvas', { width, height, role: 'img', 'aria-label': name });
  const context = canvas.getContext('2d');
  if (!context) return canvas;
  const pixels = context.createImageData(width, height);
  const plane = width * height;
  const level = (value: number): number => (255 * (value - range.min)) / (range.max - range.min || 1);
  for (let i = 0; i < plane; i++) {
    for (let c = 0; c < 3; c++)
      pixels.data[4 * i + c] = level(values[(channels >= 3 ? c * plane : 0) + i] ?? range.min);
    pixels.data[4 * i + 3] = 255;
  }
  context.putImageData(pixels, 0, 0);
  return canvas;
}

export function rangeOf(samples: readonly (readonly number[])[]): { min: number; max: number } {
  let [min, max] = [Infinity, -Infinity];
  for (const sample of samples) {
    for (const value of sample) {
      if (!Number.isFinite(value)) continue;
      min = Math.min(min, value);
      max = Math.max(max, value);
    }
  }
  return min <= max ? { min, max } : { min: 0, max: 1 };
}

function rows({ samples, shape }: SampleArray, target: SampleArray | null): HTMLElement {
  const size = shape.reduce((product, dim) => product * dim, 1);
  return h(
    'div',
    { class: 'scroll-both', role: 'region', 'aria-label': 'First samples', tabindex: 0 },
    h(
      'table',
      { class: 'data samples' },
      h(
        'tbody',
        {},
        ...samples.map((values, i) =>
          h(
            'tr',
            {},
            h('th', { scope: 'row' }, `${i + 1}`),
            ...values.map((value) => h('td', { class: 'number' }, numberText(value))),
            values.length < size && h('td', {}, '…'),
            target && h('td', { class: 'number target' }, targetText(target.samples[i] ?? [])),
          ),
        ),
      ),
    ),
  );
}

function targetText(values: readonly number[]): string {
  const shown = values.slice(0, 4).map(numberText);
  return values.length > 4 ? `${shown.join(' ')} …` : shown.join(' ');
}

/** Labels and tokens keep all their digits. */
function numberText(value: number): string {
  return Number.isSafeInteger(value) ? formatExact(value) : formatNumber(value, 3);
}
