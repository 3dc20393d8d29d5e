import { UserError } from '../errors';
import { memoryBudget } from './memory';
import type { AnalysisOptions, InputWish, LossName, Part, Precision, Preset, ProviderChoice } from './options';
import { PARTS } from './options';
import type { LineRequest, PlaneRequest, Range } from './direction';
import { defaultRange, parseLine, parsePlane } from './direction';

interface PresetNumbers {
  samples: number;
  /** Number of random vectors for density and trace. */
  probes: number;
  /** Lanczos steps per probe of the density. */
  lanczosSteps: number;
  /** Largest number of steps of the run that finds the ends of the spectrum; it stops when they converge. */
  extremeSteps: number;
  top: number;
  bottom: number;
  line: readonly string[];
  lineSteps: number;
  plane: readonly string[];
  /** Points per axis. Odd, so that the centre is one of them. */
  planeSteps: number;
}

/** What each preset measures: a first look in seconds, a report, or numbers worth publishing. */
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
 * How many products estimates take: those of a preset, or fewer for a model so large that the quick preset would take
 * minutes. `lean` measures no Gauss-Newton spectrum and makes no self-checks by differences.
 */
export type Effort = Preset | 'lean';

/** Both ends of the spectrum alone, the spectral density as well, or all that is known of it. */
export type SpectrumExtent = 'ends' | 'density' | 'everything';

/** The curvature to measure after the gradient: along ∇L and θ with H and G, along ∇L with H alone, or none. */
export type CurvatureAlong = 'gradient and θ' | 'gradient' | 'nothing';

/**
 * Options with every default filled in. `null` means that there is none, or that model and machine determine it later.
 */
export interface ResolvedOptions {
  preset: Preset;
  data: string | null;
  /** null: none. */
  testData: string | null;
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
  /** Divisor of whole-number inputs; null: only pixels are divided. */
  scale: number | null;
  /** Infinity: all. */
  samples: number;
  /** null: chosen from the model's size. */
  batch: number | null;
  provider: ProviderChoice;
  precision: Precision;
  seed: number;
  only: readonly Part[];
  /** Ids of the measurements to make, with what they need, in place of those of the parts; null: those of the parts. */
  measure: readonly string[] | null;
  /** Number of samples to draw at random from those above; null: all of them. */
  draw: number | null;
  /** Globs; empty: every parameter. */
  parameters: readonly string[];
  weightDecay: number;
  /** null: not known. */
  learningRate: number | null;
  momentum: number;
  /** `tolerance`: largest interpolation error as a fraction of the range; undefined: every point is measured. */
  lines: readonly (LineRequest & { range: Range; tolerance?: number })[];
  planes: readonly (PlaneRequest & { xRange: Range; yRange: Range; tolerance?: number })[];
  /** Whether running statistics stay as they are along directions to other models. */
  keepStatistics: boolean;
  /** Points per axis of the grids of eigenvalues over planes; null: none. */
  planeCurvature: number | null;
  /** Whether the width of the basin is measured. */
  basin: boolean;
  top: number;
  bottom: number;
  lanczosSteps: number;
  extremeSteps: number;
  probes: number;
  /** What is measured besides these numbers: everything in the preset, or less. */
  effort: Effort;
  along: CurvatureAlong;
  /** Whether the gradients of single samples are computed. */
  noise: boolean;
  /** What of a spectrum too large to be formed is measured; only checkpoints of a path leave parts out. */
  spectrumOf: SpectrumExtent;
  /** The samples that the spectrum is measured on: all, or a part for a first estimate of the largest eigenvalues. */
  spectrumOn: 'all samples' | 'some samples';
  /** Whether lower losses far from the weights are searched for, where dynamics are measured. */
  searchElsewhere: boolean;
  /** null: every core. */
  threads: number | null;
  /** Bytes that the process may take. null: a quarter of the machine, more for models that need it. */
  memoryBytes: number | null;
  profile: boolean;
  output: string | null;
  html: string | null;
  markdown: string | null;
  saveBest: string | null;
  failOn: readonly string[];
  quiet: boolean;
}

/** The class that PyTorch's losses ignore by default. */
const IGNORED = -100;

/** Largest interpolation error of the lines and planes of the presets. */
const PLANE_ERROR = 0.01;
/** Longest line that is measured at every point, because interpolation would save little. */
const LONGEST_EXACT_LINE = 21;

/**
 * Decides how lines and planes may be interpolated. If the user sets the number of points, all of them are measured,
 * unless an error is set too. Lines and planes of the presets are adaptive.
 */
function toleranceOf({ exact, planeError }: AnalysisOptions, range: Range | null): { tolerance?: number } {
  if (exact || planeError === 0 || (range && planeError === undefined)) return {};
  return { tolerance: planeError ?? PLANE_ERROR };
}

/** Parts that a quick analysis leaves out unless they are named. */
const NOT_QUICK: readonly Part[] = ['optimizers'];

function partsOf({ only, preset, saveBest }: AnalysisOptions): readonly Part[] {
  const parts = only ?? (preset === 'quick' ? PARTS.filter((part) => !NOT_QUICK.includes(part)) : PARTS);
  return saveBest === undefined || parts.includes('optimizers') ? parts : [...parts, 'optimizers'];
}

/**
 * Fills in missing options from the preset.
 * @throws UserError when a line or plane cannot be parsed, or options do not go together
 */
export function resolveOptions(options: AnalysisOptions): ResolvedOptions {
  checkTogether(options);
  const preset = options.preset ?? 'standard';
  const numbers = PRESET_NUMBERS[preset];
  const lanczosSteps = options.lanczosSteps ?? numbers.lanczosSteps;
  return {
    preset,
    data: options.data ?? null,
    testData: options.testData ?? null,
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
    only: partsOf(options),
    measure: null,
    draw: null,
    parameters: options.parameters ?? [],
    weightDecay: options.weightDecay ?? 0,
    learningRate: options.learningRate ?? null,
    momentum: options.momentum ?? 0,
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
    keepStatistics: options.keepStatistics ?? false,
    planeCurvature: options.planeCurvature ?? null,
    basin: options.basin ?? false,
    top: options.top ?? numbers.top,
    bottom: options.bottom ?? numbers.bottom,
    lanczosSteps,
    // If the user sets a number of steps, it limits every run.
    extremeSteps: options.lanczosSteps ?? numbers.extremeSteps,
    probes: options.probes ?? numbers.probes,
    effort: preset,
    along: 'gradient and θ',
    noise: true,
    spectrumOf: 'everything',
    spectrumOn: 'all samples',
    searchElsewhere: true,
    threads: options.threads ?? null,
    memoryBytes: memoryBudget(options.memory),
    profile: options.profile ?? false,
    output: options.output ?? null,
    html: options.html ?? null,
    markdown: options.markdown ?? null,
    saveBest: options.saveBest ?? null,
    failOn: options.failOn ?? [],
    quiet: options.quiet ?? false,
  };
}

/** @throws UserError when an option has no meaning without another */
function checkTogether({ momentum, learningRate }: AnalysisOptions): void {
  if (momentum === undefined || learningRate !== undefined) return;
  throw new UserError({
    what: '«momentum» needs «learningRate»: together they say which steps are stable.',
    where: ['--momentum, "momentum" in the options file or ridgeline.momentum in the settings'],
    action: 'Give the learning rate as well (--learning-rate X), or leave the momentum out.',
  });
}
