import { formatExactCount } from '../text/counts';

/** "step 3,200" */
export function stepOf({ step }: { step: number }): string {
  return `step ${formatExactCount(step)}`;
}
