import { UserError } from '../../errors';
import type { Direction } from '../../landscape/direction';
import type { Objective } from '../../objective/objective';
import { modelLetter } from '../../report/text/comparison';
import { formatCount } from '../../text/counts';
import type { OtherModels } from '../otherModels';
import type { ModelPlace } from './between';
import { directionTo } from './otherDirections';

/** Lines between more models than this would take too long. */
const MOST_PAIRED = 6;
/** How many differences between architectures a sentence names. */
const TOLD = 3;

/** Where each model lies: the first at the origin (null), the others by a direction, or undefined where none leads. */
export async function placesOf(
  models: readonly string[],
  { theta }: Objective,
  others: OtherModels,
): Promise<{
  places: (ModelPlace | undefined)[];
  apart: string | null;
  /** The exact weights at the end of each direction. */
  thetas: ReadonlyMap<Direction, Float32Array>;
}> {
  const places: (ModelPlace | undefined)[] = [null];
  const thetas = new Map<Direction, Float32Array>();
  const reasons: string[] = [];
  for (const [i, path] of models.entries()) {
    if (i === 0) continue;
    try {
      const words = { here: `in ${modelLetter(0)}`, there: `in ${modelLetter(i)}` };
      const other = await others.read(path, words);
      const direction = directionTo(path, theta, other);
      places.push(direction);
      thetas.set(direction, other.theta);
    } catch (error) {
      // The analyses have read all files, so what is wrong is the architecture.
      if (!(error instanceof UserError)) throw error;
      places.push(undefined);
      const differences = error.where.filter((place) => place !== path);
      const more = differences.length > TOLD ? ` and ${formatCount(differences.length - TOLD)} more` : '';
      reasons.push(`${modelLetter(0)} and ${modelLetter(i)}: ${differences.slice(0, TOLD).join('; ')}${more}`);
    }
  }
  if (reasons.length === 0) return { places, apart: null, thetas };
  return {
    places,
    thetas,
    apart: `There is no straight line to models of another architecture, so these are shown side by side alone. ${reasons.join('. ')}.`,
  };
}

/** The pairs of models with a line between them. With many models, only those with the first. */
export function pairsOf(places: readonly (ModelPlace | undefined)[], models: number): [number, number][] {
  const together = places.flatMap((place, i) => (place === undefined ? [] : [i]));
  const all = together.flatMap((from) => together.filter((to) => to > from).map((to): [number, number] => [from, to]));
  return models <= MOST_PAIRED ? all : all.filter(([from]) => from === 0);
}
