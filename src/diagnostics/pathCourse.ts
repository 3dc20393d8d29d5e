import type { Report } from '../report/report';
import type { Checkpoint, PathEdge } from '../report/sections/path';

/** A figure of one checkpoint. */
export interface CourseFigure {
  step: number;
  value: number;
  error: number;
}

/** How gradient and curvature change along the checkpoints of a path, in their order. Figures that are not finite are absent. */
export interface PathCourse {
  loss: readonly CourseFigure[];
  /** ‖g‖ of the loss over these very samples; its error over other samples is left out. */
  gradientNorm: readonly CourseFigure[];
  /** Errors are residual and float32 noise. */
  lambdaMax: readonly CourseFigure[];
  edge: PathEdge | null;
}

/** A course needs a beginning, a middle and an end. */
const LEAST = 3;

/** Reads the course of a path. Null where there are too few checkpoints. */
export function pathCourseOf({ path }: Report): PathCourse | null {
  if (!path || path.checkpoints.length < LEAST) return null;
  const course = (read: (checkpoint: Checkpoint) => Omit<CourseFigure, 'step'>) =>
    path.checkpoints.flatMap((checkpoint) => {
      const figure = read(checkpoint);
      return Number.isFinite(figure.value) ? [{ step: checkpoint.step, ...figure }] : [];
    });
  return {
    loss: course(({ loss, lossError = 0 }) => ({ value: loss, error: lossError })),
    gradientNorm: course(({ gradientNorm = NaN }) => ({ value: gradientNorm, error: 0 })),
    lambdaMax: course(({ lambdaMax = NaN, lambdaMaxError = 0 }) => ({ value: lambdaMax, error: lambdaMaxError })),
    edge: path.edgeOfStability ?? null,
  };
}
