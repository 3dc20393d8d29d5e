import { existsSync } from 'node:fs';
import { basename } from 'node:path';
import * as vscode from 'vscode';
import { GENERATED_DATA } from '../options/options';
import type { AnalysisOptions, Preset } from '../options/options';
import { readSidecar, sidecarPath, writeSidecar } from '../options/sidecar';
import { failureFrom } from '../protocol/failure';
import type { PageState } from '../protocol/webview';
import { Inspect, Providers, Verify } from '../protocol/worker';
import type { Failure } from '../protocol/worker';
import type { Report } from '../report/report';
import type { Analyses } from './analyses';
import { chooseData, chooseLoss, choosePreset } from './chooseData';
import { chooseModel } from './chooseModel';
import type { EngineClient, RequestHooks } from './engineClient';
import { RequestFailure } from './engineClient';
import { exportReport } from './exportReport';
import type { ExportFormat } from './exportReport';
import { helpFor } from './failureHelp';
import type { Help, Inputs } from './failureHelp';
import { inspectionPage, providersPage, verificationPage } from './markdown';
import { notifyFailure } from './notifyFailure';
import type { Pages } from './pages';
import type { Panels } from './panels';
import type { ReportStore, StoredReport } from './reportStore';
import { readSettings, SECTION } from './settings';
import { verdictIcon, verdictLine } from './verdictIcon';

/** What commands, panel and tree work with. */
export interface Parts {
  extension: vscode.Uri;
  log: vscode.LogOutputChannel;
  /** Analyses and verifies, one at a time. */
  engine: EngineClient;
  /** Looks at models and data while the engine is busy. */
  scout: EngineClient;
  store: ReportStore;
  panels: Panels;
  analyses: Analyses;
  pages: Pages;
}

/** What a person can do, one method each. Every failure ends as one message with a button that helps. */
export class Actions {
  constructor(private readonly parts: Parts) {}

  analyze(called?: unknown): Promise<void> {
    return this.#withModel(called, (model) => this.#analyze(model, {}));
  }

  /** Asks for data, loss and preset, whatever is remembered. */
  analyzeWithOptions(called?: unknown): Promise<void> {
    return this.#withModel(called, async (model) => {
      if (!(await this.#askForData(model, { loss: true }))) return;
      const preset = await choosePreset();
      if (preset) await this.#analyze(model, { preset });
    });
  }

  rerun(model: string, preset: Preset | undefined): Promise<void> {
    return this.#guarded(model, () => this.#analyze(model, preset ? { preset } : {}));
  }

  inspect(called?: unknown): Promise<void> {
    return this.#guarded(undefined, async () => {
      const model = await chooseModel(called);
      if (!model) return;
      await this.#guarded(model, async () => {
        const options = vscode.workspace.isTrusted ? await this.#options(model) : {};
        const inspection = await this.#withBar(`Inspecting ${basename(model)}`, (hooks) =>
          this.parts.scout.request(Inspect, { model, options }, hooks),
        );
        await this.parts.pages.show(`${basename(model)} inspection`, inspectionPage(inspection));
      });
    });
  }

  verify(called?: unknown): Promise<void> {
    return this.#withModel(called, async (model) => {
      if (!(await this.#hasData(model))) return;
      const options = await this.#options(model);
      const { checks } = await this.#withBar(`Verifying ${basename(model)}`, (hooks) =>
        this.parts.engine.request(Verify, { model, options }, hooks),
      );
      await this.parts.pages.show(`${basename(model)} verification`, verificationPage(model, checks));
    });
  }

  providers(): Promise<void> {
    return this.#guarded(undefined, async () => {
      const { providers, chosen, reason } = await this.#withBar('Probing execution providers', (hooks) =>
        this.parts.engine.request(Providers, {}, hooks),
      );
      await this.parts.pages.show('Execution providers', providersPage(providers, chosen, reason));
    });
  }

  openReport(called?: unknown): Promise<void> {
    return this.#guarded(undefined, async () => {
      const stored = await this.#chooseReport(called);
      if (!stored) return;
      const report = await this.parts.store.load(stored.id);
      if (this.parts.analyses.isRunning(stored.model)) return this.show(vscode.Uri.file(stored.model));
      this.parts.panels.show(stored.model, { kind: 'report', report });
    });
  }

  exportReport(called?: unknown): Promise<void> {
    return this.#guarded(undefined, async () => {
      const report = called === undefined ? this.#reportInFront() : undefined;
      const stored = report ? undefined : await this.#chooseReport(called);
      const chosen = report ?? (stored && (await this.parts.store.load(stored.id)));
      if (!chosen) return;
      const formats = [
        { label: 'HTML', detail: 'The page with its charts, in one file', format: 'html' as const },
        { label: 'JSON', detail: 'Every figure', format: 'json' as const },
      ];
      const format = await vscode.window.showQuickPick(formats, { title: 'Export report as' });
      if (format) await exportReport(this.parts.extension, chosen, format.format);
    });
  }

  /** The page of a model asked for its report as a file. */
  exportShown(model: string, format: ExportFormat): Promise<void> {
    return this.#guarded(model, async () => {
      const report = reportOf(this.parts.panels.stateOf(model));
      if (report) await exportReport(this.parts.extension, report, format);
    });
  }

  deleteReport(called?: unknown): Promise<void> {
    return this.#guarded(undefined, async () => {
      const stored = await this.#chooseReport(called);
      if (stored) await this.parts.store.remove(stored.id);
    });
  }

  clearReports(): Promise<void> {
    return this.#guarded(undefined, async () => {
      const { length } = await this.parts.store.list();
      const remove = { title: 'Delete' };
      const question = `Delete the ${length} reports of this workspace?`;
      if (length === 0) void vscode.window.showInformationMessage('This workspace has no reports.');
      else if ((await vscode.window.showWarningMessage(question, { modal: true }, remove)) === remove) {
        await this.parts.store.remove();
      }
    });
  }

  /** Brings the panel of a model back in front. */
  show(called?: unknown): void {
    const model = called instanceof vscode.Uri ? called.fsPath : undefined;
    const state = model === undefined ? undefined : this.parts.panels.stateOf(model);
    if (model !== undefined) this.parts.panels.show(model, state ?? { kind: 'empty' });
  }

  cancel(): void {
    this.parts.analyses.cancel();
  }

  async restartEngine(): Promise<void> {
    await Promise.all([this.parts.engine.restart(), this.parts.scout.restart()]);
    void vscode.window.showInformationMessage('The analysis process was ended; the next analysis starts a new one.');
  }

  showLog(): void {
    this.parts.log.show();
  }

  /** What a panel shows after the window was reloaded: the newest report of its model. */
  async revive(model: string): Promise<PageState> {
    try {
      const report = await this.parts.store.latest(model);
      return report ? { kind: 'report', report } : { kind: 'empty' };
    } catch (error) {
      return { kind: 'failed', failure: failureFrom(error) };
    }
  }

  async #analyze(model: string, explicit: AnalysisOptions): Promise<void> {
    const { analyses } = this.parts;
    if (analyses.isRunning(model)) return this.show(vscode.Uri.file(model));
    if (!(await this.#hasData(model))) return;
    const failure = await analyses.run(model, { ...(await this.#options(model)), ...explicit });
    if (failure) throw new RequestFailure(failure);
  }

  /** Settings, then what the sidecar file says. */
  async #options(model: string): Promise<AnalysisOptions> {
    const configuration = vscode.workspace.getConfiguration(SECTION, vscode.Uri.file(model));
    const settings = readSettings((name) => configuration.get(name));
    return { ...settings.options, ...(await readSidecar(model)) };
  }

  /** True when the sidecar file says where the data is, or the person just did. */
  async #hasData(model: string): Promise<boolean> {
    const data = (await readSidecar(model))?.data;
    if (data === GENERATED_DATA || (data !== undefined && existsSync(data))) return true;
    const note = data === undefined ? undefined : `${data} is gone. Which data is the loss measured on?`;
    return this.#askForData(model, { note });
  }

  async #askForData(model: string, { note, loss = false }: { note?: string; loss?: boolean }): Promise<boolean> {
    const answer = await chooseData(this.parts.scout, model, note);
    if (!answer) return false;
    const chosen = loss ? await chooseLoss(answer.loss) : answer.loss;
    if (loss && !chosen) return false;
    await writeSidecar(model, { data: answer.data, loss: chosen });
    return true;
  }

  async #chooseReport(called: unknown): Promise<Pick<StoredReport, 'id' | 'model'> | undefined> {
    const stored = await this.parts.store.list();
    const named = storedIn(called);
    if (named) return stored.find(({ id }) => id === named);
    const items = stored.map((report) => ({
      label: `$(${verdictIcon(report).icon}) ${basename(report.model)}`,
      description: new Date(report.started).toLocaleString(),
      detail: verdictLine(report),
      report,
    }));
    if (items.length === 0) void vscode.window.showInformationMessage('This workspace has no reports yet.');
    else return (await vscode.window.showQuickPick(items, { title: 'Report', matchOnDescription: true }))?.report;
    return undefined;
  }

  #reportInFront(): Report | undefined {
    const { active } = this.parts.panels;
    return active === undefined ? undefined : reportOf(this.parts.panels.stateOf(active));
  }

  /** For what runs a model: needs trust, and a model. */
  #withModel(called: unknown, work: (model: string) => Promise<void>): Promise<void> {
    return this.#guarded(undefined, async () => {
      if (!vscode.workspace.isTrusted) return this.#askForTrust();
      const model = await chooseModel(called);
      if (model) await this.#guarded(model, () => work(model));
    });
  }

  async #askForTrust(): Promise<void> {
    const trust = { title: 'Manage Workspace Trust' };
    const text = 'This workspace is not trusted, so its models are only inspected, not run.';
    if ((await vscode.window.showWarningMessage(text, trust)) === trust) {
      await vscode.commands.executeCommand('workbench.trust.manage');
    }
  }

  #withBar<R>(title: string, work: (hooks: RequestHooks) => Promise<R>): Promise<R> {
    const options = { location: vscode.ProgressLocation.Notification, title, cancellable: true };
    const shown = vscode.window.withProgress(options, (bar, token) => {
      const controller = new AbortController();
      token.onCancellationRequested(() => controller.abort());
      const onProgress = (progress: { stage: string }): void => bar.report({ message: progress.stage });
      return work({ signal: controller.signal, onProgress });
    });
    return Promise.resolve(shown);
  }

  /** Runs a command to its end; a failure becomes a message, about `model` when it has one. */
  async #guarded(model: string | undefined, work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      const failure = error instanceof RequestFailure ? error.failure : failureFrom(error);
      // Not awaited: a command is done when its message is on the screen, not when somebody has closed it.
      void notifyFailure(failure, this.parts.log, await this.#buttons(failure, model));
    }
  }

  async #buttons(failure: Failure, model: string | undefined): Promise<{ id: Help; run: () => unknown }[]> {
    if (model === undefined) return [{ id: 'showLog', run: () => this.showLog() }];
    return helpFor(failure, await inputsOf(model)).map((id) => ({ id, run: () => this.#help(model, id) }));
  }

  #help(model: string, help: Help): unknown {
    switch (help) {
      case 'chooseModel':
        return this.analyze('another');
      case 'chooseData':
        return this.#guarded(model, async () => {
          if (await this.#askForData(model, {})) await this.#analyze(model, {});
        });
      case 'openSidecar':
        return vscode.window.showTextDocument(vscode.Uri.file(sidecarPath(model)));
      case 'inspect':
        return this.inspect(vscode.Uri.file(model));
      case 'retry':
        return this.analyze(vscode.Uri.file(model));
      case 'showLog':
        return this.showLog();
    }
  }
}

async function inputsOf(model: string): Promise<Inputs> {
  // A sidecar file that cannot be read names no data; that it is damaged is what the message is about.
  const remembered = await readSidecar(model).catch(() => null);
  return { sidecar: sidecarPath(model), data: remembered?.data };
}

function reportOf(state: PageState | undefined): Report | undefined {
  return state && 'report' in state ? state.report : undefined;
}

/** The id of a stored report, from an element of the tree or a command's argument. */
function storedIn(called: unknown): string | undefined {
  if (typeof called !== 'object' || called === null) return undefined;
  if ('report' in called) return storedIn(called.report);
  return 'id' in called && typeof called.id === 'string' ? called.id : undefined;
}
