import * as vscode from 'vscode';
import { Analyze, Compare, Follow } from '../protocol/worker';
import type { AnalysisNote, Failure, Progress } from '../protocol/worker';
import type { PageState, Stopped } from '../protocol/pageState';
import type { Report } from '../report/report';
import { withPointsOf } from '../report/planePoints';
import type { EngineClient, RequestHooks } from '../client/engineClient';
import { RequestFailure } from '../client/engineClient';
import type { ClusterRuns } from './clusterRuns';
import type { Panels } from './panels';
import { progressText } from './progressBar';
import { HiddenProgress } from './hiddenProgress';
import type { ReportStore } from './reportStore';
import { shownName } from './shownName';
import { filledParts, stoppedRun } from './task';
import type { Task } from './task';
import { t } from './translate';

/** Time that Slurm has to cancel jobs. */
const SLURM_PATIENCE_MS = 60_000;

/** Longest time for which an unfinished report stays unsaved, so that little is lost when the window closes. */
const SAVE_WITHIN_MS = 1000;

/**
 * Runs analyses. Shows each one in its panel and the status bar, in a notification while the panel is out of sight, and
 * stores its report.
 */
export class Analyses implements vscode.Disposable {
  private readonly running = new Map<string, { controller: AbortController; state: PageState; isOnCluster: boolean }>();
  private disposed = false;
  private readonly status = vscode.window.createStatusBarItem('ridgeline.running', vscode.StatusBarAlignment.Left);

  constructor(
    private readonly engine: EngineClient,
    private readonly store: ReportStore,
    private readonly panels: Panels,
    /** Folder in which finished analyses are found again, and from which stopped ones continue. */
    private readonly cache: string,
    /** Remembers what runs on a cluster, and starts the process that waits for one of these runs. */
    private readonly cluster: { runs: ClusterRuns; engine: () => EngineClient },
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
    this.disposed = true;
    // Jobs of a cluster go on when the window closes; it finds them again.
    for (const { controller, isOnCluster } of this.running.values()) if (!isOnCluster) controller.abort();
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
    const isOnCluster = task.options.cluster !== undefined;
    this.running.set(model, { controller, state: { kind: 'empty' }, isOnCluster });
    if (isOnCluster) await this.cluster.runs.add(task);
    const isVisible = (): boolean => this.panels.isVisible(model);
    const hidden = new HiddenProgress(shownName(model), isVisible, () => controller.abort());
    const watch = this.panels.onDidChangeVisibility((changed) => changed === model && hidden.update());
    try {
      return await this.request(task, { signal: controller.signal, onNote }, hidden);
    } finally {
      if (isOnCluster && !this.disposed) await this.cluster.runs.remove(model);
      watch.dispose();
      hidden.dispose();
      this.running.delete(model);
      if (this.running.size === 0) this.status.hide();
    }
  }

  private async request(
    task: Task,
    hooks: { signal: AbortSignal; onNote: (note: AnalysisNote) => void },
    hidden: HiddenProgress,
  ): Promise<Failure | undefined> {
    const { model, continues } = task;
    const title = shownName(model);
    const parts = filledParts(task);
    let progress: Progress = {
      stage: this.engine.busy && !task.options.cluster ? t('Waiting for another analysis') : t('Starting'),
      fraction: 0,
    };
    // Until this run has come as far as the one that it continues, the page keeps what that one measured.
    let report = continues?.report;
    let goal = continues?.fraction ?? 0;
    let saved = false;
    let saving: NodeJS.Timeout | undefined;
    const save = async (why: Stopped['why']): Promise<void> => {
      clearTimeout(saving);
      saving = undefined;
      if (!report) return;
      const isOwn = report !== continues?.report;
      const fraction = isOwn ? progress.fraction : (continues?.fraction ?? 0);
      await this.store.save(report, model, stoppedRun(task, { why, fraction }));
      if (!isOwn) return;
      await this.forget(task);
      saved = true;
    };
    const show = (): void => {
      const state: PageState = { kind: 'running', title, progress, report, parts };
      this.running.get(model)!.state = state;
      this.panels.update(model, state);
    };
    const tell = (next: Progress): void => {
      progress = next.fraction < goal ? { stage: t('Continuing'), detail: next.stage, fraction: goal } : next;
      hidden.update(progress);
      this.status.text = `$(sync~spin) ${title} ${Math.round(progress.fraction * 100)} %`;
      this.status.tooltip = t('{0}. Click to show the landscape.', progressText(progress));
      this.status.command = { command: 'ridgeline.show', title: t('Show'), arguments: [vscode.Uri.file(model)] };
      this.status.show();
      show();
    };
    this.panels.show(model, { kind: 'running', title, progress, report, parts });
    tell(progress);
    // A window that closes before this run has a report of its own finds the run interrupted that it continues.
    await save('interrupted');
    try {
      let reached = 0;
      let resumes = false;
      const found = await this.measure(task, {
        ...hooks,
        onNote: (note) => {
          resumes ||= note.kind === 'continued';
          hooks.onNote(note);
        },
        onProgress: (next) => {
          reached = next.fraction;
          // Where nothing was kept, the run begins anew, and its progress says so.
          if (!resumes && reached > 0) goal = 0;
          tell(next);
        },
        onPartial: (partial) => {
          if (continues && reached < continues.fraction) return;
          report = partial;
          show();
          saving ??= setTimeout(() => void save('interrupted'), SAVE_WITHIN_MS);
        },
      });
      clearTimeout(saving);
      // A report that was finished earlier may have points since, which someone measured on its planes.
      const earlier = await this.store.sameRun(found, model);
      const finished = earlier ? withPointsOf(found, earlier) : found;
      await this.store.save(finished, model);
      await this.forget(task);
      this.panels.update(model, { kind: 'report', report: finished });
      return undefined;
    } catch (error) {
      if (!(error instanceof RequestFailure)) throw error;
      const { failure } = error;
      // The store keeps what was measured until then, in a report that is marked as incomplete.
      const why = failure.kind === 'cancelled' && !this.disposed ? 'cancelled' : 'interrupted';
      await save(why);
      const fraction = Math.max(progress.fraction, saved ? 0 : (continues?.fraction ?? 0));
      this.panels.update(
        model,
        failure.kind === 'cancelled' && report
          ? { kind: 'report', report, stopped: { why, fraction } }
          : { kind: 'failed', failure, report },
      );
      return failure;
    }
  }

  /** Deletes the stored report of the run that this task continues, since a report of its own takes its place. */
  private async forget({ continues }: Task): Promise<void> {
    if (continues) await this.store.remove(continues.id);
  }

  private async measure({ model, options, several }: Task, hooks: RequestHooks): Promise<Report> {
    const { cache, engine } = this;
    if (options.cluster) {
      // Waiting for a cluster may take hours, in which the engine serves other analyses.
      const waiting = this.cluster.engine();
      try {
        return await waiting.request(Analyze, { model, options, cache }, { ...hooks, patienceMs: SLURM_PATIENCE_MS });
      } finally {
        waiting.dispose();
      }
    }
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
