import * as vscode from 'vscode';
import type { AnalysisOptions } from '../options/options';
import { Analyze, Compare, Follow } from '../protocol/worker';
import type { AnalysisNote, Failure, Progress } from '../protocol/worker';
import type { PageState } from '../protocol/pageState';
import type { Report } from '../report/report';
import type { EngineClient, RequestHooks } from '../client/engineClient';
import { RequestFailure } from '../client/engineClient';
import type { Panels } from './panels';
import { progressText } from './progressBar';
import type { ReportStore } from './reportStore';
import { shownName } from './shownName';

/** Longest time for which an unfinished report stays unsaved, so that little is lost when the window closes. */
const SAVE_WITHIN_MS = 1000;

/** Several models that are measured together. */
export type SeveralModels =
  /** The checkpoints at these places: files or a folder. */
  | { kind: 'path'; places: readonly string[] }
  /** Models beside one another; differences are taken from the first. */
  | { kind: 'comparison'; models: readonly string[] };

/** What to measure: one model, or several that its panel shows. */
export interface Task {
  model: string;
  options: AnalysisOptions;
  several?: SeveralModels;
}

/** Runs analyses. Shows each one in a notification, the status bar and its panel, and stores its report. */
export class Analyses implements vscode.Disposable {
  private readonly running = new Map<string, { controller: AbortController; state: PageState }>();
  private readonly status = vscode.window.createStatusBarItem('ridgeline.running', vscode.StatusBarAlignment.Left);

  constructor(
    private readonly engine: EngineClient,
    private readonly store: ReportStore,
    private readonly panels: Panels,
    /** Folder in which finished analyses are found again, and from which stopped ones continue. */
    private readonly cache: string,
  ) {
    this.status.name = 'Ridgeline';
  }

  /** Returns the state that the panel of a model shows while its analysis runs, or undefined if none runs. */
  stateOf(model: string): PageState | undefined {
    return this.running.get(model)?.state;
  }

  /** Stops the analysis of one model, or all analyses. */
  cancel(model?: string): void {
    for (const [running, { controller }] of this.running) {
      if (model === undefined || model === running) controller.abort();
    }
  }

  dispose(): void {
    this.cancel();
    this.status.dispose();
  }

  /**
   * Runs an analysis to its end and shows its course in the model's panel.
   * @param onNote receives a note when parts of the report were not measured in this run
   * @returns the failure, or undefined if the analysis succeeded
   */
  async run(task: Task, onNote: (note: AnalysisNote) => void): Promise<Failure | undefined> {
    const { model } = task;
    const controller = new AbortController();
    this.running.set(model, { controller, state: { kind: 'empty' } });
    const title = shownName(model);
    const notification = { location: vscode.ProgressLocation.Notification, title, cancellable: true };
    try {
      return await vscode.window.withProgress(notification, (bar, token) => {
        token.onCancellationRequested(() => controller.abort());
        return this.request(task, { signal: controller.signal, onNote }, bar);
      });
    } finally {
      this.running.delete(model);
      if (this.running.size === 0) this.status.hide();
    }
  }

  private async request(
    { model, options, several }: Task,
    hooks: { signal: AbortSignal; onNote: (note: AnalysisNote) => void },
    bar: vscode.Progress<{ message?: string; increment?: number }>,
  ): Promise<Failure | undefined> {
    const title = shownName(model);
    let progress: Progress = { stage: this.engine.busy ? 'Waiting for another analysis' : 'Starting', fraction: 0 };
    let report: Report | undefined;
    let saving: NodeJS.Timeout | undefined;
    const save = (): void => {
      saving = undefined;
      if (report) void this.store.save(report, model);
    };
    const show = (): void => {
      const state: PageState = { kind: 'running', title, progress, report };
      this.running.get(model)!.state = state;
      this.panels.update(model, state);
    };
    const tell = (next: Progress): void => {
      bar.report({ message: progressText(next), increment: Math.max(0, next.fraction - progress.fraction) * 100 });
      progress = next;
      this.status.text = `$(sync~spin) ${title} ${Math.round(next.fraction * 100)} %`;
      this.status.tooltip = `${progressText(next)}. Click to show the landscape.`;
      this.status.command = { command: 'ridgeline.show', title: 'Show', arguments: [vscode.Uri.file(model)] };
      this.status.show();
      show();
    };
    this.panels.show(model, { kind: 'running', title, progress });
    tell(progress);
    try {
      const requestHooks = {
        ...hooks,
        onProgress: tell,
        onPartial: (partial: Report) => {
          report = partial;
          show();
          saving ??= setTimeout(save, SAVE_WITHIN_MS);
        },
      };
      const finished = await this.measure({ model, options, several }, requestHooks);
      clearTimeout(saving);
      await this.store.save(finished, model);
      this.panels.update(model, { kind: 'report', report: finished });
      return undefined;
    } catch (error) {
      if (!(error instanceof RequestFailure)) throw error;
      const { failure } = error;
      clearTimeout(saving);
      // The store keeps what was measured until then, in a report that is marked as incomplete.
      if (report) await this.store.save(report, model);
      this.panels.update(
        model,
        failure.kind === 'cancelled' && report ? { kind: 'report', report } : { kind: 'failed', failure, report },
      );
      return failure;
    }
  }

  private measure({ model, options, several }: Task, hooks: RequestHooks): Promise<Report> {
    const { cache, engine } = this;
    switch (several?.kind) {
      case 'path':
        return engine.request(Follow, { places: [...several.places], options, cache }, hooks);
      case 'comparison':
        return engine.request(Compare, { models: [...several.models], options, cache }, hooks);
      default:
        return engine.request(Analyze, { model, options, cache }, hooks);
    }
  }
}
