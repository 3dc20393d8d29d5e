import { negativeMass } from '../../dynamics/negativeMass';
import type { Eigenvalue, HessianSpectrum, Report } from '../../report/report';
import type { Checkpoint } from '../../report/sections/path';
import type { CheckpointFile } from './checkpointFiles';

type Figures = Omit<Checkpoint, 'file' | 'step' | 'distance'>;

/** Reads the figures of a checkpoint from the report of its analysis. */
export function figuresOf(report: Report): Figures {
  const { objective, gradient, spectrum, parameters, dynamics, model } = report;
  const { test, noise } = dynamics ?? {};
  const loss = objective?.loss ?? NaN;
  const hessian = spectrum?.hessian?.preliminary ? undefined : spectrum?.hessian;
  return defined({
    sha256: model.sha256,
    loss,
    lossError: objective?.standardError,
    accuracy: objective?.accuracy,
    testLoss: test?.loss,
    testLossError: test?.standardError,
    testAccuracy: test?.accuracy,
    // Around a loss of NaN or ∞ nothing else is measured.
    ...(Number.isFinite(loss) ? {} : { gradientNorm: NaN, lambdaMax: NaN, lambdaMin: NaN }),
    ...(gradient && { gradientNorm: gradient.norm, gradientNormError: gradient.samplingError }),
    ...(hessian && curvatureOf(hessian)),
    ...(noise && { noiseScale: noise.scale.value, noiseScaleError: noise.scale.error }),
    parameterNorm: parameters?.norm,
    notFinite: objective?.notFinite ?? gradient?.notFinite,
  }) as Figures;
}

/** The figures of a checkpoint whose weights are NaN or ∞: there is nothing to measure. */
export function figuresOfDamaged({ name }: CheckpointFile): Figures {
  return {
    loss: NaN,
    gradientNorm: NaN,
    lambdaMax: NaN,
    lambdaMin: NaN,
    notFinite: {
      what: `Weights of ${name} are NaN or ∞.`,
      action: 'Training diverged before this checkpoint, or its export is damaged.',
    },
  };
}

function curvatureOf(hessian: HessianSpectrum): Partial<Figures> {
  const { top, bottom, noiseFloor } = hessian;
  const mass = negativeMass(hessian);
  const error = ({ residual }: Eigenvalue) => residual + noiseFloor;
  return {
    ...(top[0] && { lambdaMax: top[0].value, lambdaMaxError: error(top[0]) }),
    ...(bottom[0] && { lambdaMin: bottom[0].value, lambdaMinError: error(bottom[0]) }),
    ...(mass && { negativeMass: mass.value, negativeMassError: mass.standardError }),
  };
}

function defined<T extends object>(figures: T): Partial<T> {
  return Object.fromEntries(Object.entries(figures).filter(([, value]) => value !== undefined)) as Partial<T>;
}
