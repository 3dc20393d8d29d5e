import { UserError } from '../errors';

/** What a random direction is scaled to. */
type Scaling = 'filter' | 'layer' | 'weight' | 'none';

/**
 * A direction in parameter space, as the user names it. `to` is the difference from this model to another one. `biases`:
 * whether a random direction moves biases and other one-dimensional tensors; left out, it does so only where it is not
 * normalized.
 */
export type DirectionRequest =
  | { kind: 'gradient' }
  | { kind: 'parameters' }
  | { kind: 'random'; normalization: Scaling; biases?: boolean }
  | { kind: 'top'; index: number }
  | { kind: 'bottom'; index: number }
  | { kind: 'to'; path: string };

/** Multiples of the direction: `steps` values from `from` to `to`, both included. */
export interface Range {
  from: number;
  to: number;
  steps: number;
}

export interface LineRequest {
  direction: DirectionRequest;
  /** null: the default for the direction and the preset. */
  range: Range | null;
}

export interface PlaneRequest {
  x: DirectionRequest;
  y: DirectionRequest;
  range: Range | null;
}

const ALLOWED =
  'Directions are gradient, parameters, random (also random/layer, random/weight, random/none, each with /biases or /no-biases), top/K, bottom/K (K from 1) and to/PATH of another model.';

/** `DIRECTION[:FROM:TO:STEPS]` */
export function parseLine(text: string, where = '--line'): LineRequest {
  const { rest, range } = takeRange(text, where);
  const direction = parseDirection(rest);
  if (!direction) throw malformed(text, where, `«${rest}» is not a direction.`, 'gradient:-1:1:21');
  return { direction, range };
}

/**
 * Parses `DIRECTION,DIRECTION[:FROM:TO:STEPS]`. Paths may contain commas, so the separator is the last comma with a
 * direction on both sides.
 */
export function parsePlane(text: string, where = '--plane'): PlaneRequest {
  const { rest, range } = takeRange(text, where);
  for (let comma = rest.lastIndexOf(','); comma > 0; comma = rest.lastIndexOf(',', comma - 1)) {
    const x = parseDirection(rest.slice(0, comma));
    const y = parseDirection(rest.slice(comma + 1));
    if (x && y) return { x, y, range };
  }
  throw malformed(text, where, 'A plane needs two directions with a comma between them.', 'random,random:-1:1:25');
}

/** The text that `parseLine` reads. */
export function formatLine({ direction, range }: LineRequest): string {
  return directionName(direction) + formatRange(range);
}

/** The text that `parsePlane` reads. */
export function formatPlane({ x, y, range }: PlaneRequest): string {
  return `${directionName(x)},${directionName(y)}${formatRange(range)}`;
}

function formatRange(range: Range | null): string {
  return range ? `:${range.from}:${range.to}:${range.steps}` : '';
}

/** The name used in reports: `top/1`, or `random` for the filter-normalized direction that leaves biases as they are. */
export function directionName(direction: DirectionRequest): string {
  switch (direction.kind) {
    case 'gradient':
    case 'parameters':
      return direction.kind;
    case 'random': {
      const { normalization, biases = movesBiases(normalization) } = direction;
      const scaled = normalization === 'filter' ? 'random' : `random/${normalization}`;
      if (biases === movesBiases(normalization)) return scaled;
      return biases ? `${scaled}/biases` : `${scaled}/no-biases`;
    }
    case 'top':
    case 'bottom':
      return `${direction.kind}/${direction.index}`;
    case 'to':
      return `to/${direction.path}`;
  }
}

/**
 * The range when none is given. Random directions are scaled to the weights, so ±1 changes each filter by its own norm.
 * Gradient and eigenvectors have unit length. The range of `to` extends past both models.
 */
export function defaultRange(direction: DirectionRequest): { from: number; to: number } {
  switch (direction.kind) {
    case 'parameters':
      return { from: -0.5, to: 0.5 };
    case 'to':
      return { from: -0.5, to: 1.5 };
    default:
      return { from: -1, to: 1 };
  }
}

/** Reads the name of a direction, as `directionName` writes it; null if it names none that can be asked for. */
export function parseDirection(text: string): DirectionRequest | null {
  const name = text.trim();
  if (name === 'gradient' || name === 'parameters') return { kind: name };
  const random = /^random(?:\/(filter|layer|weight|none))?(?:\/(biases|no-biases))?$/.exec(name);
  if (random) {
    const normalization = (random[1] as Scaling | undefined) ?? 'filter';
    const biases = random[2] === undefined ? movesBiases(normalization) : random[2] === 'biases';
    return { kind: 'random', normalization, ...(biases === movesBiases(normalization) ? {} : { biases }) };
  }
  const eigenvector = /^(top|bottom)\/([1-9]\d*)$/.exec(name);
  if (eigenvector) return { kind: eigenvector[1] as 'top' | 'bottom', index: Number(eigenvector[2]) };
  const path = /^to\/(.+)$/s.exec(name);
  return path ? { kind: 'to', path: path[1] } : null;
}

/** Whether a random direction moves biases if nothing is said about them. */
function movesBiases(normalization: Scaling): boolean {
  return normalization === 'none';
}

/** Splits `:FROM:TO:STEPS` off the right end; a path before it may hold colons (`to/C:\models\b.onnx`). */
function takeRange(text: string, where: string): { rest: string; range: Range | null } {
  const number = String.raw`[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?`;
  const match = new RegExp(`^(.+):(${number}):(${number}):(${number})$`, 's').exec(text);
  if (!match) return { rest: text, range: null };
  const [from, to, steps] = match.slice(2).map(Number) as [number, number, number];
  if (!Number.isInteger(steps) || steps < 1) {
    throw malformed(text, where, `STEPS must be a whole number from 1, not ${match[4]}.`, 'gradient:-1:1:21');
  }
  if (steps > 1 && from === to) throw malformed(text, where, 'FROM and TO are equal.', 'gradient:-1:1:21');
  return { rest: match[1], range: { from, to, steps } };
}

function malformed(text: string, where: string, what: string, example: string): UserError {
  return new UserError({
    what: `Cannot read «${text}»: ${what}`,
    where: [where],
    action: `${ALLOWED} Add :FROM:TO:STEPS to set the range, for example ${example}.`,
  });
}
