import { layer } from '../objective/layers/layer';
import type { LossValue, Objective, Questions } from '../objective/objective';
import { fingerprint } from './fingerprint';
import { placeOf } from './journaled';

/** Answers by the fingerprint of the question, in any order. */
export interface AnswerStore {
  find(request: Buffer): Promise<{ value: unknown } | null>;
  keep(request: Buffer, value: unknown): Promise<void>;
}

/**
 * Wraps an objective so that it answers what the store knows, and keeps there what it measures. Products and points are
 * known one by one, so it does not matter in which groups they were asked.
 * @param name distinguishes the objectives of one store
 */
export function answered(objective: Objective, store: AnswerStore, name = ''): Objective {
  const whole = async <T>(request: readonly unknown[], measure: () => Promise<T>): Promise<T> => {
    const asked = fingerprint([name, ...request]);
    const known = await store.find(asked);
    if (known) return known.value as T;
    const answer = await measure();
    await store.keep(asked, answer);
    return answer;
  };
  return layer(objective, {
    value: (asked = {}) => whole(['value', ...placeOf(asked.at)], () => objective.value(asked)),
    gradient: (asked = {}) => gradient(objective, whole, asked),
    products: (kind, vectors, asked = {}) =>
      eachOnce(
        store,
        vectors.map((vector) => fingerprint([name, kind, vector, asked.nudge ?? null, ...placeOf(asked.at)])),
        (open) =>
          objective.products(
            kind,
            open.map((i) => vectors[i]),
            asked,
          ),
      ),
    curvatures: (kind, vectors, asked = {}) =>
      whole(['curvatures', kind, vectors, ...placeOf(asked.at)], () => objective.curvatures(kind, vectors, asked)),
    perSample: (asked = {}) => whole(['perSample', ...placeOf(asked.at)], () => objective.perSample(asked)),
    deviations: (mean, most, signal) =>
      whole(['deviations', mean, most], () => objective.deviations(mean, most, signal)),
    inside: (asked = {}) => whole(['inside'], () => objective.inside(asked)),
    plane: (d1, d2, points, asked = {}) => {
      const axes = fingerprint([name, asked.piece ? 'piece' : 'plane', d1, d2]);
      return eachOnce<LossValue>(
        store,
        points.map((point) => fingerprint([axes, point])),
        (open, tell) =>
          objective.plane(
            d1,
            d2,
            open.map((i) => points[i]),
            { ...asked, onPoint: (k, value) => tell(open[k], value) },
          ),
        asked.onPoint,
      );
    },
    preview(batches) {
      const preview = objective.preview(batches);
      return preview && answered(preview, store, `${name}preview ${batches}: `);
    },
  });
}

/** The mean gradient is kept; those of single batches are measured again where they are asked for. */
async function gradient(
  objective: Objective,
  whole: <T>(request: readonly unknown[], measure: () => Promise<T>) => Promise<T>,
  asked: NonNullable<Parameters<Questions['gradient']>[0]>,
): Promise<Float32Array> {
  let isFresh = false;
  const mean = await whole(['gradient', ...placeOf(asked.at)], () => {
    isFresh = true;
    return objective.gradient(asked);
  });
  if (!isFresh && asked.onBatch) await objective.gradient(asked);
  return mean;
}

/** Answers each request once: from the store, or all that are open together. `onAnswer` hears of each as it is known. */
async function eachOnce<T>(
  store: AnswerStore,
  requests: readonly Buffer[],
  measure: (open: readonly number[], tell: (index: number, answer: T) => void) => Promise<T[]>,
  onAnswer?: (index: number, answer: T) => void,
): Promise<T[]> {
  const found = await Promise.all(requests.map((request) => store.find(request)));
  const open = found.flatMap((known, i) => (known ? [] : [i]));
  const answers = found.map((known) => known?.value as T);
  found.forEach((known, i) => known && onAnswer?.(i, known.value as T));
  if (open.length === 0) return answers;
  const measured = await measure(open, (i, answer) => onAnswer?.(i, answer));
  for (const [k, i] of open.entries()) {
    answers[i] = measured[k];
    await store.keep(requests[i], measured[k]);
  }
  return answers;
}
