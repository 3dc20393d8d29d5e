import type { ParameterTensor, UnitSlices } from '../objective/objective';

/** The slices of one tensor of θ, one for each axis that counts the units. */
interface TensorSlices {
  offset: number;
  count: number;
  axes: readonly { outer: number; inner: number }[];
}

/** The elements of θ that belong to the units of a set. */
export class UnitElements {
  private readonly tensors: readonly TensorSlices[];

  constructor(
    readonly units: number,
    slices: readonly UnitSlices[],
    parameters: readonly ParameterTensor[],
  ) {
    const byName = new Map(parameters.map((parameter) => [parameter.name, parameter]));
    const names = [...new Set(slices.map(({ parameter }) => parameter))];
    this.tensors = names.flatMap((name) => {
      const tensor = byName.get(name);
      const axes = slices.filter(({ parameter }) => parameter === name);
      return tensor ? [{ offset: tensor.offset, count: tensor.count, axes }] : [];
    });
  }

  /** Σ v² over the elements of each unit. */
  squares(vector: Float32Array): Float64Array {
    const sums = new Float64Array(this.units);
    this.each((unit, place) => (sums[unit] += vector[place] ** 2));
    return sums;
  }

  /** v ← factor of its unit · v. An element on the axis twice is multiplied twice. */
  multiply(vector: Float32Array, factors: Float64Array): void {
    this.each((unit, place) => (vector[place] *= factors[unit]));
  }

  /** Visits every element of every unit, in the order of θ for each axis. */
  each(visit: (unit: number, place: number, isOnAxisTwice: boolean) => void): void {
    for (const { offset, axes } of this.tensors) {
      for (const { outer, inner } of axes) {
        let place = offset;
        for (let o = 0; o < outer; o++)
          for (let unit = 0; unit < this.units; unit++)
            for (let i = 0; i < inner; i++) visit(unit, place++, axes.length > 1);
      }
    }
  }

  /**
   * Σ (v − v′)² over the elements of unit a, where v′ is v with units a and b exchanged. The sum stops above `most`.
   */
  squaredDistance(vector: Float32Array, a: number, b: number, most = Infinity): number {
    let sum = 0;
    for (const { offset, axes } of this.tensors) {
      for (const { outer, inner } of axes) {
        for (let o = 0; o < outer; o++) {
          for (let i = 0; i < inner; i++) {
            const place = (o * this.units + a) * inner + i;
            const other = axes.length === 1 ? place + (b - a) * inner : this.exchanged(place, a, b, axes);
            sum += (vector[offset + place] - vector[offset + other]) ** 2;
          }
          if (sum > most) return sum;
        }
      }
    }
    return sum;
  }

  private exchanged(place: number, a: number, b: number, axes: readonly { inner: number }[]): number {
    let other = place;
    for (const { inner } of axes) {
      const unit = Math.floor(place / inner) % this.units;
      if (unit === a) other += (b - a) * inner;
      else if (unit === b) other += (a - b) * inner;
    }
    return other;
  }
}
