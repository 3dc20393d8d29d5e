import type { DirectionRequest } from '../options/direction';
import { directionName } from '../options/direction';
import {
  eigenvectorDirection,
  gradientDirection,
  orthogonalTo,
  parametersDirection,
  randomDirection,
  toModelDirection,
} from '../landscape/direction';
import type { Direction } from '../landscape/direction';
import type { Normalization } from '../landscape/filterNormalize';
import type { PlaceWords } from '../objective/open/otherWeights';
import type { NamedValues, Objective } from '../objective/objective';
import { formatCount } from '../text/counts';

/** The measured vectors that directions are made of. The gradient is null if it was not measured. */
export interface Measured {
  gradient: Float32Array | null;
  top: readonly Float32Array[];
  bottom: readonly Float32Array[];
}

/** Another model, as the end of a line that starts at this one. */
export interface OtherModel {
  /** In the same order. */
  theta: Float32Array;
  /** Running statistics of the other model minus those of this one, where they are to move along; else empty. */
  statistics: readonly NamedValues[];
}

/** Reads another model. @throws UserError when the parameters do not match */
export type ReadOther = (path: string, words?: PlaceWords) => Promise<OtherModel>;

type RandomRequest = Extract<DirectionRequest, { kind: 'random' }>;

/** A direction, or a sentence that explains why there is none. */
export type Found = { direction: Direction; warnings: string[]; remarks?: string[] } | { missing: string };

/** Whether a direction is known only after the spectrum. */
export function needsSpectrum({ kind }: DirectionRequest): boolean {
  return kind === 'top' || kind === 'bottom';
}

/** Whether a line can be drawn before the spectrum is known. */
export function isEarly({ direction }: { direction: DirectionRequest }): boolean {
  return !needsSpectrum(direction);
}

/** Both axes of a plane, or a sentence that explains why there are none. */
export type Axes = { x: Direction; y: Direction; warnings: string[]; remarks: string[] } | { missing: string };

/** Makes directions from requests. Equal requests get the same vector. */
export class Directions {
  private readonly known = new Map<string, Promise<Found>>();
  private readonly knownAxes = new Map<string, Promise<Axes>>();

  constructor(
    private readonly objective: Objective,
    private readonly seed: number,
    private readonly readOther: ReadOther,
    /** Returns what is measured so far. Called when a direction is first requested. */
    private readonly measured: () => Measured,
  ) {}

  /** @param stream distinguishes random directions of one seed: 1 for the second axis of a plane, otherwise 0 */
  get(request: DirectionRequest, stream = 0): Promise<Found> {
    const key = request.kind === 'random' ? `${directionName(request)} ${stream}` : directionName(request);
    const known = this.known.get(key) ?? this.make(request, stream);
    this.known.set(key, known);
    return known;
  }

  /**
   * Makes both axes of a plane. A random axis is made orthogonal to the other axis after scaling. Named axes stay
   * unchanged, and the report states the cosine between them.
   */
  axes(x: DirectionRequest, y: DirectionRequest): Promise<Axes> {
    const key = `${directionName(x)},${directionName(y)}`;
    const known = this.knownAxes.get(key) ?? this.makeAxes(x, y, key);
    this.knownAxes.set(key, known);
    return known;
  }

  private async makeAxes(x: DirectionRequest, y: DirectionRequest, key: string): Promise<Axes> {
    const first = await this.get(x, 0);
    if ('missing' in first) return first;
    const second = await this.get(y, 1);
    if ('missing' in second) return second;
    if (first.direction.norm === 0 || second.direction.norm === 0) {
      const { name } = first.direction.norm === 0 ? first.direction : second.direction;
      return { missing: `The plane «${key}» is left out: along «${name}» no parameter moves.` };
    }
    const told = {
      warnings: [...first.warnings, ...second.warnings],
      remarks: [...(first.remarks ?? []), ...(second.remarks ?? [])],
    };
    if (y.kind !== 'random' && x.kind !== 'random') return { x: first.direction, y: second.direction, ...told };
    const turned =
      y.kind === 'random'
        ? orthogonalTo(first.direction, second.direction)
        : orthogonalTo(second.direction, first.direction);
    if (!turned) return { missing: `The plane «${key}» is left out: its two directions are parallel.` };
    return y.kind === 'random'
      ? { x: first.direction, y: turned, ...told }
      : { x: turned, y: second.direction, ...told };
  }

  private async make(request: DirectionRequest, stream: number): Promise<Found> {
    const name = directionName(request);
    const { objective } = this;
    const measured = this.measured();
    switch (request.kind) {
      case 'gradient':
        if (!measured.gradient) return missing(name, 'the gradient was not measured');
        return orMissing(gradientDirection(measured.gradient), name, 'the gradient is exactly zero');
      case 'parameters':
        // At θ = 0 a line along θ is constant, which is a correct result.
        return {
          direction: parametersDirection(objective.theta) ?? {
            name,
            vector: new Float32Array(objective.dim),
            norm: 0,
            notes: [],
          },
          warnings: [],
        };
      case 'random':
        return this.random(request, stream);
      case 'top':
      case 'bottom': {
        const vector = measured[request.kind][request.index - 1];
        if (vector) return { direction: eigenvectorDirection(name, vector), warnings: [] };
        const found = measured[request.kind].length;
        return missing(
          name,
          found ? `only ${formatCount(found)} such eigenvectors were found` : 'eigenvectors were not measured',
        );
      }
      case 'to': {
        const { theta, statistics } = await this.readOther(request.path);
        const direction = toModelDirection(request.path, objective.theta, theta, statistics);
        if (!direction) return missing(name, 'the other model has the same parameters');
        return { direction, warnings: named(direction, direction.notes) };
      }
    }
  }

  /**
   * Draws a random direction. If all filters are zero there is no norm to scale to, so the direction stays unnormalized
   * and its name says so.
   */
  private random({ normalization, biases }: RandomRequest, stream: number): Found {
    const { objective, seed } = this;
    const draw = (by: Normalization) =>
      randomDirection(objective.parameters, objective.theta, { seed, stream, normalization: by, biases });
    const direction = draw(normalization);
    if (direction) {
      const { notes, remarks = [] } = direction;
      return { direction, warnings: named(direction, notes), remarks: named(direction, remarks) };
    }
    const plain = draw('none');
    const name = directionName({ kind: 'random', normalization, biases });
    if (!plain) return missing(name, 'there is nothing to move');
    const reason = 'no parameter tensor has a filter whose weights are not all zero';
    return { direction: plain, warnings: [`«${name}» would move nothing, since ${reason}: «${plain.name}» is shown.`] };
  }
}

function named({ name }: Direction, sentences: readonly string[]): string[] {
  return sentences.map((note) => `Direction «${name}»: ${note}`);
}

function orMissing(direction: Direction | null, name: string, reason: string): Found {
  return direction ? { direction, warnings: [] } : missing(name, reason);
}

function missing(name: string, reason: string): Found {
  return { missing: `The direction «${name}» is left out: ${reason}.` };
}
