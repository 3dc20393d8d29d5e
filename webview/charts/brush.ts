import type { Plane } from '../../src/report/report';

/** A place on a plane under the pointer. */
export interface PlaneHover {
  plane: Pick<Plane, 'x' | 'y'>;
  at: { x: number; y: number };
}

interface Brushed {
  /** The layer or tensor that the reader chose; null for none. */
  layer: string | null;
  /** Where the pointer is on the loss plane; null outside of it. */
  place: PlaneHover | null;
}

const brushed: Brushed = { layer: null, place: null };
const listeners: Record<keyof Brushed, Set<() => void>> = { layer: new Set(), place: new Set() };

/** What the reader points at in one chart, which the others mark. Charts read it at every drawing. */
export const brush = {
  get layer(): string | null {
    return brushed.layer;
  },
  get place(): PlaneHover | null {
    return brushed.place;
  },
  set<K extends keyof Brushed>(which: K, value: Brushed[K]): void {
    if (brushed[which] === value) return;
    brushed[which] = value;
    listeners[which].forEach((changed) => changed());
  },
  /** Calls back after each change. @returns a function that ends it */
  listen(which: keyof Brushed, changed: () => void): () => void {
    listeners[which].add(changed);
    return () => listeners[which].delete(changed);
  },
};

/** Whether a row of a chart is about a chosen layer: the tensor itself, its layer or block, or a tensor of it. */
export function isOfLayer(row: string, chosen: string | null): boolean {
  if (chosen === null || row === '') return false;
  const isPart = (part: string, whole: string): boolean =>
    part === whole || (part.startsWith(whole) && /^[./:]/.test(part.slice(whole.length)));
  return isPart(row, chosen) || isPart(chosen, row);
}

/** Whether a chart's row or point is about a chosen layer, by any of the names that it goes by. */
export function isChosen(names: readonly string[]): boolean {
  return names.some((name) => isOfLayer(name, brush.layer));
}

/**
 * The α of a line that runs along a direction of the plane; null where it runs along another. Directions of one name
 * are the same vector, except random ones: the second of a plane is another draw, and one beside a direction that is
 * not random is turned until it is at right angles to it.
 */
export function sharedAlpha(direction: string, { plane: { x, y }, at }: PlaneHover): number | null {
  const isRandom = (name: string): boolean => name === 'random' || name.startsWith('random/');
  if (direction === x.direction && (!isRandom(direction) || isRandom(y.direction))) return at.x;
  return direction === y.direction && !isRandom(direction) ? at.y : null;
}
