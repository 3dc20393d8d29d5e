import { UserError } from '../errors';

/**
 * Where the axes of an output come from: entry i is the axis of the file's own output that is axis i here, null for an
 * axis that was added. Left out where nothing was moved.
 */
export type WrittenAxes = readonly (number | null)[];

/**
 * The axis of an output that a person means, who counts as the model writes it; from the end where negative.
 * @throws UserError when there is none, or when it counts samples
 */
export function axisMeant(wanted: number, rank: number, written: WrittenAxes | undefined, outputName: string): number {
  const axes = written ?? [...Array(rank).keys()];
  const count = axes.filter((axis) => axis !== null).length;
  const axis = axes.indexOf(wanted < 0 ? wanted + count : wanted);
  if (axis > 0) return axis;
  const some = axes.flatMap((each, i) => (i > 0 && each !== null ? [each] : []));
  throw new UserError({
    what:
      axis === 0
        ? `Axis ${wanted} of the output «${outputName}» counts samples, not classes.`
        : `The output «${outputName}» has ${count} axes; there is no axis ${wanted}.`,
    action:
      some.length > 0
        ? `--class-axis can be ${some.sort((a, b) => a - b).join(', ')} here; negative numbers count from the end.`
        : 'Leave --class-axis out: the output has no axis that could hold classes.',
  });
}

/** The axis as a person counts it. */
export const axisWritten = (axis: number, written: WrittenAxes | undefined): number => written?.[axis] ?? axis;
