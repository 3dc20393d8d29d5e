import { crossing } from '../../compare/edge';
import { withHeadline } from '../../diagnostics/headline/headline';
import { judge } from '../../diagnostics/judge';
import { UserError } from '../../errors';
import type { AnalysisOptions } from '../../options/options';
import { resolveOptions } from '../../options/presets';
import type { AnalysisNote, Progress } from '../../protocol/worker';
import type { Report } from '../../report/report';
import type { Checkpoint, PathEdge, TrainingPath } from '../../report/sections/path';
import { counted, formatCount } from '../../text/counts';
import { analyze } from '../analyze';
import { TimeLeft } from '../timeLeft';
import { figuresOf, figuresOfDamaged } from './checkpointFigures';
import { checkpointFiles } from './checkpointFiles';
import { equalCheckpoints, withSteps } from './pathNotes';
import type { SteppedFiles } from './pathNotes';
import { PathDrawing } from './pathDrawing';
import type { FollowHooks } from './pathDrawing';
import { optionsOfCheckpoint, reducedForPath } from './reduced';
import { sameNetwork } from './sameNetwork';

/** What the plane of the path costs, in checkpoints. */
const PLANE_SHARE = 1;

/**
 * Follows the checkpoints of a training run: analyses each of them with a reduced request, finds the plane of the path
 * they make, and judges how loss, gradient and curvature change along it. Each analysis is kept by the contents of its
 * files, so that one more checkpoint costs one more analysis, and a stopped run continues.
 * @param places a folder, or files
 * @returns the report of the last checkpoint with finite weights, with the section `path`
 * @throws UserError when files, data or options are at fault; AbortError when the signal aborts
 */
export async function followPath(
  places: readonly string[],
  asked: AnalysisOptions,
  hooks: FollowHooks = {},
): Promise<Report> {
  const { signal } = hooks;
  const started = new Date().toISOString();
  resolveOptions(asked);
  hooks.onProgress?.({ stage: 'Reading checkpoints', fraction: 0 });
  const found = (await checkpointFiles(places)).filter(({ path }) => !hooks.without?.has(path));
  const finiteOf = await sameNetwork(found, asked.parameters ?? [], signal);
  const stepped = withSteps(found);
  const { files } = stepped;
  const isFinite = files.map(({ path }) => finiteOf[found.findIndex((file) => file.path === path)]);
  const centre = isFinite.lastIndexOf(true);
  if (centre < 0) {
    throw new UserError({
      what: 'The weights of every checkpoint are NaN or ∞.',
      where: files.map(({ path }) => path),
      action: 'Training diverged before the first of them. Export earlier checkpoints.',
    });
  }
  const progress = overallProgress(files.length + PLANE_SHARE, hooks.onProgress);
  const checkpoints: Checkpoint[] = [];
  const warnings = new Warnings(files.length);
  const notes = new Notes(hooks.onNote);
  let last: Report | null = null;
  const whole = (finished: Partial<Report>, path: Partial<TrainingPath> = {}): Report => {
    const section: TrainingPath = {
      checkpoints: [...checkpoints],
      stepsFromNames: stepped.fromNames,
      centre: Math.min(centre, checkpoints.length - 1),
      ...edgeSection(checkpoints, asked),
      ...path,
    };
    return withPath(
      last!,
      { section, asked, started, notes: [...notesOf(stepped, isFinite), ...warnings.list] },
      finished,
    );
  };

  const options = optionsOfCheckpoint(asked);
  for (const [i, file] of files.entries()) {
    signal?.throwIfAborted();
    const place = { file: file.path, step: file.step, distance: NaN };
    if (isFinite[i]) {
      const report =
        (await hooks.finished?.(file.path)) ??
        (await analyze(file.path, options, {
          ...hooks,
          reduce: reducedForPath,
          onProgress: progress(i, file.name),
          onPartial: undefined,
          onNote: (note) => notes.take(note, file.name),
        }));
      if (i <= centre) last = report;
      checkpoints.push({ ...place, ...figuresOf(report) });
      warnings.add(file.name, report.warnings);
    } else {
      checkpoints.push({ ...place, ...figuresOfDamaged(file) });
    }
    if (last) hooks.onPartial?.(whole({ complete: false }));
  }
  notes.finish(files.length);

  const drawing = new PathDrawing(files, isFinite, asked, hooks);
  const drawn = await drawing.draw(checkpoints, {
    report: progress(files.length, ''),
    onPlane: (pca, plane) => hooks.onPartial?.(whole({ complete: false, planes: [plane] }, pca ? { pca } : {})),
  });
  drawn.distances.forEach((distance, i) => (checkpoints[i] = { ...checkpoints[i], distance }));
  warnings.add(
    null,
    equalCheckpoints(
      files.map(({ name }) => name),
      drawn.same,
    ),
  );
  if (files.length === 1) warnings.add(null, ['One checkpoint makes no path: name several to see how training moved.']);
  const { planes, lines, pca } = drawn;
  return whole({ complete: true, planes, lines }, pca ? { pca } : {});
}

interface Around {
  section: TrainingPath;
  asked: AnalysisOptions;
  started: string;
  notes: readonly string[];
}

/** Joins the report of the last checkpoint with the path. Both are judged once the path is complete. */
function withPath(last: Report, { section, asked, started, notes }: Around, finished: Partial<Report>): Report {
  const { learningRate, momentum = 0 } = asked;
  const stability = learningRate !== undefined && { learningRate, momentum, bound: 2 * (1 + momentum) };
  const report: Report = {
    ...last,
    ...finished,
    ...(stability && { dynamics: { ...last.dynamics, stability } }),
    path: section,
    warnings: [...notes],
    provenance: { ...last.provenance, options: asked, started },
  };
  return withHeadline({ ...report, diagnostics: report.complete ? judge(report) : [] });
}

function edgeSection(
  checkpoints: readonly Checkpoint[],
  { learningRate, momentum = 0 }: AnalysisOptions,
): { edgeOfStability?: PathEdge } {
  if (learningRate === undefined) return {};
  const course = checkpoints.map(({ step, lambdaMax = NaN }) => ({ step, lambdaMax }));
  const twoOverRate = 2 / learningRate;
  const bound = twoOverRate * (1 + momentum);
  const [crossedAt, boundCrossedAt] = [twoOverRate, bound].map((level) => crossing(course, level));
  return {
    edgeOfStability: {
      learningRate,
      momentum,
      twoOverRate,
      ...(crossedAt === null ? {} : { crossedAt }),
      bound,
      ...(boundCrossedAt === null ? {} : { boundCrossedAt }),
    },
  };
}

function notesOf({ files, notes }: SteppedFiles, isFinite: readonly boolean[]): string[] {
  const damaged = files.filter((_, i) => !isFinite[i]).map(({ name }) => name);
  const centre = files[isFinite.lastIndexOf(true)];
  const isLast = centre === files[files.length - 1];
  return [
    ...notes,
    ...(damaged.length === 0
      ? []
      : [
          `${damaged.map((name) => `«${name}»`).join(', ')}: weights are NaN or ∞, so ${damaged.length === 1 ? 'it has' : 'they have'} no figures and no place in the plane.${isLast ? '' : ` Distances start from «${centre.name}», the last checkpoint without any.`}`,
        ]),
  ];
}

/** Warnings of the analyses of all checkpoints: each once, with the checkpoint where it does not hold for all. */
class Warnings {
  private readonly holders = new Map<string, string[]>();
  private readonly own: string[] = [];

  constructor(private readonly checkpoints: number) {}

  add(name: string | null, warnings: readonly string[]): void {
    if (name === null) this.own.push(...warnings);
    else for (const warning of warnings) this.holders.set(warning, [...(this.holders.get(warning) ?? []), name]);
  }

  get list(): string[] {
    const shared = [...this.holders].map(([warning, names]) => {
      if (names.length === this.checkpoints) return warning;
      return names.length === 1 ? `${names[0]}: ${warning}` : `${formatCount(names.length)} checkpoints: ${warning}`;
    });
    return [...this.own, ...shared];
  }
}

/** Passes on the notes of all analyses: each once, and how many of them were found finished as one. */
class Notes {
  private found = 0;
  private readonly told = new Set<string>();

  constructor(private readonly tell: (note: AnalysisNote) => void = () => undefined) {}

  take(note: AnalysisNote, name: string): void {
    if (note.kind === 'found') this.found++;
    else if (note.kind === 'continued') this.tell({ ...note, text: `${name}: ${note.text}` });
    else if (!this.told.has(note.text)) {
      this.told.add(note.text);
      this.tell(note);
    }
  }

  finish(checkpoints: number): void {
    if (this.found === 0) return;
    const text = `Found the figures of ${formatCount(this.found)} of ${counted(checkpoints, 'checkpoint')}, measured earlier.`;
    this.tell({ kind: 'found', text });
  }
}

/** Progress over all checkpoints, from that of each. */
function overallProgress(total: number, tell: ((progress: Progress) => void) | undefined) {
  const left = new TimeLeft();
  return (index: number, name: string) => {
    return ({ stage, detail, fraction }: Progress): void => {
      const done = (index + fraction) / total;
      const secondsLeft = left.at(done);
      tell?.({
        stage: name === '' ? stage : `${name}: ${stage}`,
        ...(detail === undefined ? {} : { detail }),
        fraction: done,
        ...(secondsLeft === null ? {} : { secondsLeft }),
      });
    };
  };
}
