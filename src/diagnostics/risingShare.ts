import type { WithError } from './measurements';

/**
 * Share of all pairs i < j in which the later value is above the earlier one beyond both errors. It is 1 for a steady
 * rise and 0 for a steady fall.
 */
export function risingShare(values: readonly WithError[]): number {
  let [rising, pairs] = [0, 0];
  values.forEach((earlier, i) => {
    for (const later of values.slice(i + 1)) {
      pairs++;
      if (later.value - later.error > earlier.value + earlier.error) rising++;
    }
  });
  return pairs === 0 ? 1 : rising / pairs;
}
