import { memoryBudget } from './memory';
import type { AnalysisOptions, InputWish, LossName, Part, Precision, Preset, ProviderChoice } from './options';
import { PARTS } from './options';
import type { LineRequest, PlaneRequest, Range } from './direction';
import { defaultRange, parseLine, parsePlane } from './direction';

interface PresetNumbers {
  samples: number;
  /** Random vectors of density and trace. */
  probes: number;
  /** Lanczos steps per probe of the density. */
  lanczosSteps: number;
  /** The run that looks for the ends of the spectrum may go on to this many steps until they converge. */
  extremeSteps: number;
  top: number;
  bottom: number;
  line: readonly string[];
  lineSteps: number;
  plane: readonly string[];
  /** Points per axis. Odd, so that the centre is one of them. */
  planeSteps: number;
}

/** What each preset measures: a first look in seconds, a report, and figures worth publishing. */
export const PRESET_NUMBERS: Record<Preset, PresetNumbers> = {
  quick: {
    samples: 512,
    probes: 2,
    lanczosSteps: 30,
    extremeSteps: 30,
    top: 5,
    bottom: 3,
    line: ['random'],
    lineSteps: 31,
    plane: ['random,random'],
    planeSteps: 15,
  },
  standard: {
    samples: Infinity,
    probes: 3,
    lanczosSteps: 60,
    extremeSteps: 120,
    top: 5,
    bottom: 3,
    line: ['random', 'gradient'],
    lineSteps: 51,
    plane: ['random,random'],
    planeSteps: 25,
  },
  thorough: {
    samples: Infinity,
    probes: 10,
    lanczosSteps: 100,
    extremeSteps: 300,
    top: 10,
    bottom: 5,
    line: ['random', 'gradient', 'top/1', 'bottom/1'],
    lineSteps: 101,
    plane: ['random,random'],
    planeSteps: 51,
  },
};

/**
 * How many products estimates take: as many as a preset has, or fewer where a model is so large that quick would take
 * minutes. `lean` measures no Gauss-Newton spectrum and makes no self-checks by differences.
 */
export type Effort = Preset | 'lean';

/** Which curvature is measured once the gradient is known: along ∇L and θ with H and G, along ∇L with H alone, or none. */
export type CurvatureAlong = 'gradient and θ' | 'gradient' | 'nothing';

/** Options with nothing left open. `null` means: there is none, or it is chosen when the model and machine are known. */
export interface ResolvedOptions {
  preset: Preset;
  data: string | null;
  input: Record<string, InputWish>;
  target: string | null;
  /** null: all samples count the same. */
  sampleWeights: string | null;
  /** null: guessed from graph and targets. */
  loss: LossName | null;
  /** null: the one that fits the targets. */
  lossOutput: string | null;
  classAxis: number | null;
  shiftLabels: boolean;
  ignoreIndex: number;
  /** Divisor of inputs of whole numbers; null: pixels alone are divided. */
  scale: number | null;
  /** Infinity: all. */
  samples: number;
  /** null: chosen from the model's size. */
  batch: number | null;
  provider: ProviderChoice;
  precision: Precision;
  seed: number;
  only: readonly Part[];
  /** Globs; empty: every parameter. */
  parameters: readonly string[];
  weightDecay: number;
  /** `tolerance`: largest interpolation error as a fraction of the range; undefined: every point is measured. */
  lines: readonly (LineRequest & { range: Range; tolerance?: number })[];
  planes: readonly (PlaneRequest & { xRange: Range; yRange: Range; tolerance?: number })[];
  top: number;
  bottom: number;
  lanczosSteps: number;
  extremeSteps: number;
  probes: number;
  /** What is measured beside these numbers: all that belongs to the preset, or less. */
  effort: Effort;
  along: CurvatureAlong;
  /** Which samples the spectrum is measured on: all, or a part that gives a first estimate of the largest eigenvalues. */
  spectrumOn: 'all samples' | 'some samples';
  /** null: every core. */
  threads: number | null;
  /** What the process may take, in bytes. null: a quarter of the machine, more for models that need it. */
  memoryBytes: number | null;
  profile: boolean;
  output: string | null;
  html: string | null;
  failOn: readonly string[];
  quiet: boolean;
}

/** What PyTorch's losses leave out by default. */
const IGNORED = -100;

/** Interpolation error of what the presets draw. */
const PLANE_ERROR = 0.01;
/** Shorter lines are measured point by point: there is little to save. */
const LONGEST_EXACT_LINE = 21;

/**
 * How lines and planes may be interpolated. Who names the number of points gets as many measured, unless an error is
 * named too; what the presets draw is adaptive.
 */
function toleranceOf({ exact, planeError }: AnalysisOptions, range: Range | null): { tolerance?: number } {
  if (exact || planeError === 0 || (range && planeError === undefined)) return {};
  return { tolerance: planeError ?? PLANE_ERROR };
}

/** Fills what was left open from the preset. @throws UserError when a line or plane cannot be read */
export function resolveOptions(options: AnalysisOptions): ResolvedOptions {
  const preset = options.preset ?? 'standard';
  const numbers = PRESET_NUMBERS[preset];
  const lanczosSteps = options.lanczosSteps ?? numbers.lanczosSteps;
  return {
    preset,
    data: options.data ?? null,
    input: options.input ?? {},
    target: options.target ?? null,
    sampleWeights: options.sampleWeights ?? null,
    loss: options.loss ?? null,
    lossOutput: options.lossOutput ?? null,
    classAxis: options.classAxis ?? null,
    shiftLabels: options.shiftLabels ?? false,
    ignoreIndex: options.ignoreIndex ?? IGNORED,
    scale: options.scale ?? null,
    samples: options.samples ?? numbers.samples,
    batch: options.batch ?? null,
    provider: options.provider ?? 'auto',
    precision: options.precision ?? 'float32',
    seed: options.seed ?? 0,
    only: options.only ?? PARTS,
    parameters: options.parameters ?? [],
    weightDecay: options.weightDecay ?? 0,
    lines: (options.line ?? numbers.line).map((text) => {
      const request = parseLine(text);
      const range = request.range ?? { ...defaultRange(request.direction), steps: numbers.lineSteps };
      return { ...request, range, ...(range.steps > LONGEST_EXACT_LINE ? toleranceOf(options, request.range) : {}) };
    }),
    planes: (options.plane ?? numbers.plane).map((text) => {
      const request = parsePlane(text);
      return {
        ...request,
        xRange: request.range ?? { ...defaultRange(request.x), steps: numbers.planeSteps },
        yRange: request.range ?? { ...defaultRange(request.y), steps: numbers.planeSteps },
        ...toleranceOf(options, request.range),
      };
    }),
    top: options.top ?? numbers.top,
    bottom: options.bottom ?? numbers.bottom,
    lanczosSteps,
    // An explicit number of steps bounds every run.
    extremeSteps: options.lanczosSteps ?? numbers.extremeSteps,
    probes: options.probes ?? numbers.probes,
    effort: preset,
    along: 'gradient and θ',
    spectrumOn: 'all samples',
    threads: options.threads ?? null,
    memoryBytes: memoryBudget(options.memory),
    profile: options.profile ?? false,
    output: options.output ?? null,
    html: options.html ?? null,
    failOn: options.failOn ?? [],
    quiet: options.quiet ?? false,
  };
}
