import * as vscode from 'vscode';
import type { EngineClient } from '../client/engineClient';
import { RequestFailure } from '../client/engineClient';
import { failureFrom } from '../protocol/failure';
import type { PendingPoint } from '../protocol/pendingPoint';
import { MeasurePoint } from '../protocol/worker';
import type { Failure, MeasurePointParams, PlaneOwner } from '../protocol/worker';
import { withPoint } from '../report/planePoints';
import type { PlaneDirections } from '../report/planePoints';
import type { Report } from '../report/report';
import type { PlanePointFigures } from '../report/sections/planePoint';
import type { Panels } from './panels';
import type { ReportStore } from './reportStore';
import { t } from './translate';

interface Waiting {
  point: PendingPoint;
  controller: AbortController;
}

const UNTRUSTED: Failure = {
  kind: 'user',
  what: t('This workspace is not trusted, so Ridgeline does not run its models.'),
  where: [],
  action: t('Trust the workspace to measure points.'),
};

/** Measures points of planes that someone clicked in a panel, and puts them into the report that the panel shows. */
export class PlanePoints implements vscode.Disposable {
  private readonly waiting = new Map<string, Waiting[]>();

  constructor(
    private readonly engine: EngineClient,
    private readonly store: ReportStore,
    private readonly panels: Panels,
    private readonly tools: { cache: string; log: vscode.LogOutputChannel },
  ) {}

  /** The points that a panel waits for, and those that failed. */
  of(model: string): PendingPoint[] {
    return (this.waiting.get(model) ?? []).map(({ point }) => point);
  }

  /** Measures one point to its end. Its course, and a failure, show in the panel. */
  async measure(model: string, directions: PlaneDirections, at: { x: number; y: number }): Promise<void> {
    const state = this.panels.stateOf(model);
    const report = state && 'report' in state ? state.report : undefined;
    if (!report) return;
    const stage = this.engine.busy ? t('Waiting for another measurement') : t('Starting');
    const point: PendingPoint = { directions, at, state: { kind: 'measuring', progress: { stage, fraction: 0 } } };
    const entry: Waiting = { point, controller: new AbortController() };
    // Someone who asks for another point has read why the last one failed.
    const others = (this.waiting.get(model) ?? []).filter((each) => each.point.state.kind === 'measuring');
    this.waiting.set(model, [...others, entry]);
    this.panels.tellPoints(model);
    try {
      if (!vscode.workspace.isTrusted) throw new RequestFailure(UNTRUSTED);
      const figures = await this.request({ report: ownerOf(report), directions, at }, entry, model);
      await this.keep(model, report, { directions, figures });
      this.forget(model, entry);
    } catch (error) {
      const failure = error instanceof RequestFailure ? error.failure : failureFrom(error);
      if (failure.kind === 'cancelled') return this.forget(model, entry);
      this.tools.log.error(`${failure.what}\n${failure.log ?? ''}`);
      entry.point = { ...point, state: { kind: 'failed', failure } };
      this.panels.tellPoints(model);
    }
  }

  /** Stops the measurements of a panel, and forgets those that failed. */
  cancel(model: string): void {
    for (const { controller } of this.waiting.get(model) ?? []) controller.abort();
    this.waiting.set(
      model,
      (this.waiting.get(model) ?? []).filter(({ point }) => point.state.kind === 'measuring'),
    );
    this.panels.tellPoints(model);
  }

  dispose(): void {
    for (const entries of this.waiting.values()) entries.forEach(({ controller }) => controller.abort());
  }

  private request(params: MeasurePointParams, entry: Waiting, model: string): Promise<PlanePointFigures> {
    return this.engine.request(
      MeasurePoint,
      { ...params, cache: this.tools.cache },
      {
        signal: entry.controller.signal,
        onProgress: (progress) => {
          entry.point = { ...entry.point, state: { kind: 'measuring', progress } };
          this.panels.tellPoints(model);
        },
      },
    );
  }

  /** Adds the point to the report as it is now: in the panel if it still shows that run, and in the store. */
  private async keep(
    model: string,
    asked: Report,
    { directions, figures }: { directions: PlaneDirections; figures: PlanePointFigures },
  ): Promise<void> {
    const state = this.panels.stateOf(model);
    const shown = state && 'report' in state ? state.report : undefined;
    const isShown = shown !== undefined && shown.provenance.started === asked.provenance.started;
    const latest = isShown ? shown : ((await this.store.sameRun(asked, model)) ?? asked);
    const report = withPoint(latest, directions, figures);
    if (isShown) this.panels.update(model, { ...state!, report } as typeof state & { report: Report });
    await this.store.save(report, model);
  }

  private forget(model: string, entry: Waiting): void {
    this.waiting.set(
      model,
      (this.waiting.get(model) ?? []).filter((each) => each !== entry),
    );
    this.panels.tellPoints(model);
  }
}

/** What the engine needs to open the model of a report again. */
function ownerOf({ model, provenance, path }: Report): PlaneOwner {
  return {
    model: model.path,
    sha256: model.sha256,
    data: provenance.data,
    options: provenance.options,
    checkpoints: path?.checkpoints.map(({ file }, i) => ({
      file,
      isFinite: Number.isFinite(path.pca?.coordinates[i]?.[0]),
    })),
  };
}
