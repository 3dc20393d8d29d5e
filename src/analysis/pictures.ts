import type { Direction } from '../landscape/direction';
import { vectorFor } from '../landscape/direction';
import { gridValues } from '../landscape/grid';
import { sampleLine } from '../landscape/line';
import { samplePlane } from '../landscape/plane';
import { withTopology } from '../landscape/planeTopology';
import { roughnessOf } from '../landscape/roughness';
import { directionName } from '../options/direction';
import type { ResolvedOptions } from '../options/presets';
import type { Line, Plane, Report } from '../report/report';
import { formatCount } from '../text/counts';
import { needsSpectrum } from './directions';
import type { Directions } from './directions';
import type { Draft } from './draft';
import { expectedLinePoints, expectedPlanePoints } from './drawn';
import type { WideLoss } from './facts';
import type { StageReport } from './progress';

type LineRequest = ResolvedOptions['lines'][number];
type PlaneRequest = ResolvedOptions['planes'][number];

/** Number of rows that make a first picture. */
const EARLY_ROWS = 7;

/**
 * Draws the lines and planes of one analysis. The report keeps the requested order even though they become ready in
 * another: lines that need no eigenvector come first, and a plane is drawn coarsely before the spectrum and completed
 * after it.
 */
export class Pictures {
  private readonly drawnLines: (Line | null)[];
  private readonly drawnPlanes: (Plane | null)[];
  private readonly lineRequests: readonly LineRequest[];
  private readonly planeRequests: readonly PlaneRequest[];
  private readonly visited = new Set<LineRequest>();

  constructor(
    /** Must remember points, because a plane is visited twice. The test data are measured along the same points. */
    private readonly ordinary: WideLoss,
    private readonly directions: Directions,
    private readonly draft: Draft,
    requests: { lines: readonly LineRequest[]; planes: readonly PlaneRequest[] },
    /** Opens the loss in which running statistics may move, for directions that change them. */
    private readonly wide: () => Promise<WideLoss> = () => Promise.resolve(ordinary),
  ) {
    this.lineRequests = requests.lines;
    this.planeRequests = requests.planes;
    this.drawnLines = requests.lines.map(() => null);
    this.drawnPlanes = requests.planes.map(() => null);
  }

  /** Draws the lines that `ready` accepts and that are not drawn yet. */
  async lines(ready: (request: LineRequest) => boolean, report: StageReport, signal?: AbortSignal): Promise<void> {
    const due = this.lineRequests.filter((request) => ready(request) && !this.visited.has(request));
    for (const [index, request] of due.entries()) {
      this.visited.add(request);
      const found = await this.directions.get(request.direction);
      if ('missing' in found) {
        this.draft.warn(found.missing);
        this.handOut();
        continue;
      }
      this.draft.warn(...found.warnings);
      this.draft.remark(...(found.remarks ?? []));
      const show = (line: Line) => {
        this.drawnLines[this.lineRequests.indexOf(request)] = line;
        this.handOut();
      };
      const { name } = found.direction;
      const { objective, test } = await this.lossAlong(found.direction);
      const line = await sampleLine(objective, found.direction, request.range, {
        tolerance: request.tolerance,
        signal,
        onPoint: (done, total) =>
          report(
            (index + done / Math.max(total, expectedLinePoints(request))) / due.length,
            `${name}, ${formatCount(done)} of ${formatCount(total)} points`,
          ),
        onLine: show,
      });
      const roughness = roughnessOf(line);
      const drawn = { ...line, ...(roughness && { roughness }) };
      show(drawn);
      if (!test) continue;
      const { tolerance } = request;
      const onTest = await sampleLine(test, found.direction, request.range, { tolerance, signal });
      show({ ...drawn, test: valuesOf<number[], boolean[]>(onTest) });
    }
  }

  /**
   * Measures some points of lines, which `lines` then finds: all points of the first line that `which` accepts, then
   * those of the next.
   */
  async linePoints(
    which: (request: LineRequest) => boolean,
    { first, end }: { first: number; end: number },
    signal?: AbortSignal,
  ): Promise<void> {
    let before = 0;
    for (const { direction, range } of this.lineRequests.filter(which)) {
      const alpha = gridValues(range);
      const points = alpha.slice(Math.max(first - before, 0), Math.max(end - before, 0));
      before += alpha.length;
      if (points.length === 0) continue;
      const found = await this.directions.get(direction);
      if ('missing' in found) continue;
      const { objective, test } = await this.lossAlong(found.direction);
      for (const loss of [objective, ...(test ? [test] : [])]) {
        const vector = vectorFor(loss, found.direction);
        await loss.plane(
          vector,
          null,
          points.map((value) => ({ alpha: value, beta: 0 })),
          { signal },
        );
      }
    }
  }

  /** Draws the first plane until it has enough rows for a picture. `planes` completes it. */
  async firstPlane(report: StageReport, signal?: AbortSignal): Promise<void> {
    const first = this.planeRequests[0];
    if (!first || needsSpectrum(first.x) || needsSpectrum(first.y)) return;
    const enough = new AbortController();
    const either = signal ? AbortSignal.any([signal, enough.signal]) : enough.signal;
    try {
      await this.plane(first, report, either, (plane) => {
        if (plane.loss.length >= EARLY_ROWS) enough.abort();
      });
    } catch (error) {
      // Our own abort means that the picture is ready. Any other error is passed on.
      if (signal?.aborted || !enough.signal.aborted || error !== enough.signal.reason) throw error;
    }
  }

  /** @param lost points that were asked of other processes and are missing, counted as in `planePoints` */
  async planes(report: StageReport, signal?: AbortSignal, lost: ReadonlySet<number> = new Set()): Promise<void> {
    for (const [index, request] of this.planeRequests.entries()) {
      if (this.pointsOfPlane(index).some((point) => lost.has(point))) {
        this.drawnPlanes[index] = null;
        this.draft.warn(`The plane «${nameOf(request)}» is left out: some of its points could not be measured.`);
        this.handOut();
        continue;
      }
      await this.plane(
        request,
        (fraction, detail) => report((index + fraction) / this.planeRequests.length, detail),
        signal,
      );
      await this.testPlane(request, signal);
    }
  }

  /**
   * Measures some points of the planes, which `planes` then finds. All points of the first plane come first, row by row,
   * then those of the next.
   */
  async planePoints({ first, end }: { first: number; end: number }, signal?: AbortSignal): Promise<void> {
    for (const [index, { x, y, xRange, yRange }] of this.planeRequests.entries()) {
      const all = this.pointsOfPlane(index);
      const wanted = all.flatMap((point, place) => (point >= first && point < end ? [place] : []));
      if (wanted.length === 0) continue;
      const axes = await this.directions.axes(x, y);
      if ('missing' in axes) continue;
      const [alpha, beta] = [gridValues(xRange), gridValues(yRange)];
      const points = wanted.map((p) => ({ alpha: alpha[p % alpha.length], beta: beta[Math.floor(p / alpha.length)] }));
      const { objective, test } = await this.lossAlong(axes.x, axes.y);
      for (const loss of [objective, ...(test ? [test] : [])])
        await loss.plane(vectorFor(loss, axes.x), vectorFor(loss, axes.y), points, { signal });
    }
  }

  /** The numbers of a plane's points among those of all planes. */
  private pointsOfPlane(index: number): number[] {
    const sizes = this.planeRequests.map(({ xRange, yRange }) => gridValues(xRange).length * gridValues(yRange).length);
    const first = sizes.slice(0, index).reduce((sum, size) => sum + size, 0);
    return Array.from({ length: sizes[index] }, (_, i) => first + i);
  }

  /** Measures the test data over a plane that is drawn. */
  private async testPlane(request: PlaneRequest, signal?: AbortSignal): Promise<void> {
    const index = this.planeRequests.indexOf(request);
    const plane = this.drawnPlanes[index];
    if (!plane || !this.ordinary.test) return;
    const axes = await this.directions.axes(request.x, request.y);
    if ('missing' in axes) return;
    const { test } = await this.lossAlong(axes.x, axes.y);
    const ranges = { x: request.xRange, y: request.yRange };
    const { tolerance } = request;
    const onTest = await samplePlane(test!, axes.x, axes.y, ranges, { tolerance, signal });
    this.drawnPlanes[index] = { ...plane, test: valuesOf<number[][], boolean[][]>(onTest) };
    this.handOut();
  }

  private async plane(
    request: PlaneRequest,
    report: StageReport,
    signal: AbortSignal | undefined,
    onPlane: (plane: Plane) => void = () => undefined,
  ): Promise<void> {
    const index = this.planeRequests.indexOf(request);
    const axes = await this.directions.axes(request.x, request.y);
    if ('missing' in axes) {
      this.draft.warn(axes.missing);
      this.handOut();
      return;
    }
    this.draft.warn(...axes.warnings);
    this.draft.remark(...axes.remarks);
    const name = nameOf(request);
    const show = (plane: Plane) => {
      // On the second visit the coarse pictures come first again, so keep the picture with more points.
      if (evaluatedPoints(plane) < evaluatedPoints(this.drawnPlanes[index])) return;
      this.drawnPlanes[index] = plane;
      this.handOut();
    };
    const { objective } = await this.lossAlong(axes.x, axes.y);
    const plane = await samplePlane(
      objective,
      axes.x,
      axes.y,
      { x: request.xRange, y: request.yRange },
      {
        tolerance: request.tolerance,
        signal,
        onPoint: (done, total) =>
          report(
            done / Math.max(total, expectedPlanePoints(request)),
            `${name}, ${formatCount(done)} of ${formatCount(total)} points`,
          ),
        onPlane(plane) {
          show(plane);
          onPlane(plane);
        },
      },
    );
    const [x, y] = [vectorFor(objective, axes.x), vectorFor(objective, axes.y)];
    show(await withTopology(plane, (points) => objective.plane(x, y, points, { signal })));
  }

  /** A line that was drawn; null if it was left out. */
  drawnLine(request: LineRequest): Line | null {
    return this.drawnLines[this.lineRequests.indexOf(request)] ?? null;
  }

  /** Adds figures to a line that was drawn. */
  extendLine(request: LineRequest, figures: Partial<Line>): void {
    const line = this.drawnLine(request);
    if (!line) return;
    this.drawnLines[this.lineRequests.indexOf(request)] = { ...line, ...figures };
    this.handOut();
  }

  /** Adds figures to a plane that was drawn. */
  extendPlane(request: PlaneRequest, figures: Partial<Plane>): void {
    const index = this.planeRequests.indexOf(request);
    const plane = this.drawnPlanes[index];
    if (!plane) return;
    this.drawnPlanes[index] = { ...plane, ...figures };
    this.handOut();
  }

  /** The loss to ask along these directions: the one with running statistics where they move. */
  lossAlong(...directions: Direction[]): Promise<WideLoss> {
    return directions.some(({ statistics }) => statistics) ? this.wide() : Promise.resolve(this.ordinary);
  }

  private handOut(): void {
    const drawn: Pick<Report, 'lines' | 'planes'> = {
      lines: this.drawnLines.filter((line) => line !== null),
      planes: this.drawnPlanes.filter((plane) => plane !== null),
    };
    this.draft.add(drawn);
  }
}

interface Values<Numbers, Flags> {
  loss: Numbers;
  accuracy?: Numbers;
  rSquared?: Numbers;
  evaluated?: Flags;
  error?: Numbers;
}

const nameOf = ({ x, y }: PlaneRequest) => `${directionName(x)} × ${directionName(y)}`;

/** What a line or plane has measured, without where. */
function valuesOf<Numbers, Flags>({
  loss,
  accuracy,
  rSquared,
  evaluated,
  error,
}: Values<Numbers, Flags>): Values<Numbers, Flags> {
  return {
    loss,
    ...(accuracy ? { accuracy } : {}),
    ...(rSquared ? { rSquared } : {}),
    ...(evaluated ? { evaluated } : {}),
    ...(error ? { error } : {}),
  };
}

function evaluatedPoints(plane: Plane | null): number {
  return plane ? (plane.evaluated ?? plane.loss).flat().filter((value) => value !== false).length : 0;
}
