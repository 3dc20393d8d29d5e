import { existsSync } from 'node:fs';
import * as vscode from 'vscode';
import { GENERATED_DATA } from '../options/options';
import type { AnalysisOptions, Preset } from '../options/options';
import { readSidecar, writeSidecar } from '../options/sidecar';
import { FindCheckpoints, Prepare } from '../protocol/worker';
import type { PageState } from '../protocol/pageState';
import type { AnalysisNote, Failure, QuestionId } from '../protocol/worker';
import type { Report } from '../report/report';
import type { Analyses } from './analyses';
import { chooseCheckpoints } from './chooseCheckpoints';
import { answerForData, chooseData, chooseLoss, choosePreset } from './chooseData';
import { MODEL_EDITOR } from './editors/modelEditor';
import { quickCheck } from './checks/quickCheck';
import { chooseCluster } from './clusterRuns';
import { chooseModel } from './chooseModel';
import { chooseSample } from './chooseSample';
import { CompareActions } from './compareActions';
import { copySample } from './copySample';
import { CudaActions } from './cudaActions';
import type { EngineClient } from '../client/engineClient';
import { FailureActions } from './failureActions';
import type { Again } from './failureActions';
import { chooseProvider } from './measured/chooseProvider';
import { THIS_MACHINE } from './measured/executionProviders';
import type { MeasuredPages } from './measured/measuredPages';
import { modelOptions } from './modelOptions';
import { openPanelColumn } from './panelColumn';
import type { Panels } from './panels';
import { ReportActions } from './reportActions';
import type { ReportStore } from './reportStore';
import { saveImproved } from './saveImproved';
import { shownName } from './shownName';
import type { SeveralModels, Task } from './task';
import { t } from './translate';

/** How long a temporary message stays in the status bar. */
const NOTE_MS = 15_000;

/** The walkthrough of package.json, as the editor names it: publisher, extension and walkthrough. */
const WALKTHROUGH = 'ridgeline.ridgeline#getStarted';

/** The objects that commands, panel and tree share. */
export interface Parts {
  extension: vscode.Uri;
  /** Folder for the samples that the user opens. */
  samples: vscode.Uri;
  /** Folder for models as the last commit has them. */
  versions: vscode.Uri;
  /** Folder in which finished analyses are found again. */
  cache: string;
  log: vscode.LogOutputChannel;
  /** Runs analyses and verifications, one at a time. */
  engine: EngineClient;
  /** Inspects models and data while the engine is busy. */
  scout: EngineClient;
  /** Fetches the libraries of providers. */
  installer: EngineClient;
  store: ReportStore;
  panels: Panels;
  analyses: Analyses;
  /** The self-checks of the derivatives of each model. */
  verifications: MeasuredPages<'verification'>;
  /** The execution providers of the machine. */
  providers: MeasuredPages<'providers'>;
  /** Opens the form that configures the analysis of a model. */
  configure: (model: string) => Promise<void>;
}

/** The actions of the user, one method each. Every failure shows one message with buttons that help. */
export class Actions {
  readonly reports: ReportActions;
  readonly cuda: CudaActions;
  readonly comparisons: CompareActions;
  private readonly failures: FailureActions;

  constructor(private readonly parts: Parts) {
    const { extension, store, panels, analyses, installer } = parts;
    this.failures = new FailureActions({
      log: parts.log,
      askForData: (model) => this.askForData(model, {}),
      inspect: (model) => this.inspect(vscode.Uri.file(model)),
      configure: (model) => this.configure(vscode.Uri.file(model)),
      analyze: (called) => this.analyze(called),
    });
    const guarded = (work: () => Promise<void>): Promise<void> => this.guarded(undefined, work);
    this.reports = new ReportActions(extension, store, panels, analyses, guarded);
    this.cuda = new CudaActions(installer, guarded, () => this.providers());
    this.comparisons = new CompareActions(
      parts.versions,
      (choose, work) => this.withChosen(choose, work),
      (model, models) => this.runAnalysis(model, {}, { kind: 'comparison', models }),
    );
  }

  analyze(called?: unknown): Promise<void> {
    return this.withModel(called, (model) => this.runAnalysis(model, {}));
  }

  /** Hands the analysis to a cluster. */
  analyzeOnCluster(called?: unknown, sbatch?: unknown): Promise<void> {
    return this.withModel(called, async (model) => {
      const cluster = await chooseCluster(sbatch);
      if (cluster) await this.runAnalysis(model, cluster);
    });
  }

  /** Waits again for a run on a cluster that was under way when the window closed. */
  resumeOnCluster({ model, options }: Pick<Task, 'model' | 'options'>): Promise<void> {
    return this.guarded(model, () => this.measure({ model, options }));
  }

  /** Asks for data, loss and preset, even when the sidecar file has them. */
  analyzeWithOptions(called?: unknown): Promise<void> {
    return this.withModel(called, async (model) => {
      if (!(await this.askForData(model, { loss: true, panel: true }))) return;
      const preset = await choosePreset();
      if (preset) await this.runAnalysis(model, { preset });
    });
  }

  /** Answers one question about a model, by the few measurements that it needs. */
  check(question: QuestionId, called?: unknown): Promise<void> {
    return this.withModel(called, async (model) => {
      if (!(await this.hasData(model))) return;
      const analyze = (): Promise<void> => this.analyze(vscode.Uri.file(model));
      await quickCheck({ ...this.parts, analyze }, model, question);
    });
  }

  /** Opens the walkthrough, which begins with a bundled sample. */
  async getStarted(): Promise<void> {
    await vscode.commands.executeCommand('workbench.action.openWalkthrough', WALKTHROUGH, false);
  }

  /** Analyses a copy of a bundled sample: the one of the given name, else the one that the user chooses. */
  openSample(called?: unknown): Promise<void> {
    return this.guarded(undefined, async () => {
      if (!vscode.workspace.isTrusted) return this.askForTrust();
      const sample = await chooseSample(called);
      if (!sample) return;
      const bundled = vscode.Uri.joinPath(this.parts.extension, 'media', 'samples');
      const model = await copySample(bundled.fsPath, this.parts.samples.fsPath, sample.name);
      await this.guarded(model, () => this.runAnalysis(model, {}));
    });
  }

  /** Follows the checkpoints of a training run: those that are selected, or all of a folder. */
  follow(called?: unknown, selected?: unknown): Promise<void> {
    return this.guarded(undefined, async () => {
      if (!vscode.workspace.isTrusted) return this.askForTrust();
      const places = await chooseCheckpoints(called, selected);
      if (!places) return;
      const { files } = await this.parts.scout.request(FindCheckpoints, { places });
      // The last checkpoint stands for the path: its options file holds the data, and its panel shows the report.
      const model = files[files.length - 1];
      await this.guarded(model, () => this.runAnalysis(model, {}, { kind: 'path', places }));
    });
  }

  /** Handles a rerun from the page: measures a finished report again and continues an unfinished one. */
  rerun(model: string, preset: Preset | undefined): Promise<void> {
    const shown = this.parts.panels.stateOf(model);
    const report = shown && 'report' in shown ? shown.report : undefined;
    const finished = shown?.kind === 'report' && shown.report.complete;
    return this.guarded(model, async () => {
      const stopped = !preset && report && !finished ? await this.reports.toContinue(model, report) : undefined;
      if (stopped && !this.parts.analyses.stateOf(model)) return this.measure(stopped);
      await this.runAnalysis(model, preset ? { preset } : { fresh: finished }, report && severalIn(report));
    });
  }

  /** Saves the weights that the best optimizer reaches as a new model, by the options of the report that is shown. */
  saveImproved(called?: unknown, target?: unknown): Promise<void> {
    return this.withModel(called, async (model) => {
      if (!(await this.hasData(model))) return;
      const shown = this.parts.panels.stateOf(model);
      const raced = shown?.kind === 'report' ? shown.report.provenance.options : await modelOptions(model);
      await saveImproved(this.parts.engine, model, raced, target);
    });
  }

  /** Opens the model in the editor that shows what is in it. */
  inspect(called?: unknown): Promise<void> {
    return this.guarded(undefined, async () => {
      const model = await chooseModel(called);
      if (!model) return;
      const column = openPanelColumn() ?? vscode.ViewColumn.Active;
      await vscode.commands.executeCommand('vscode.openWith', vscode.Uri.file(model), MODEL_EDITOR, column);
    });
  }

  /** Opens the form of a model's page that configures the analysis. */
  configure(called?: unknown): Promise<void> {
    return this.withModel(called, (model) => this.parts.configure(model));
  }

  /** Analyses a model with data that were found beside it, and remembers the choice. */
  analyzeWith(called: vscode.Uri, data: string | undefined): Promise<void> {
    if (data === undefined) return this.analyze(called);
    return this.withModel(called, async (model) => {
      this.parts.panels.openAhead(model, starting(model));
      void this.prepare(model);
      const answer = await answerForData(this.parts.scout, model, data);
      if (!answer) return;
      await writeSidecar(model, answer);
      if (!this.parts.panels.takeGivenUp(model)) await this.runAnalysis(model, {});
    });
  }

  verify(called?: unknown): Promise<void> {
    return this.withModel(called, async (model) => {
      if (!(await this.hasData(model))) return;
      const pages = this.parts.verifications;
      const failure = await pages.run(model);
      const again: Again = (called) => this.verify(called);
      if (failure) await this.failures.tell(failure, model, pages.failurePage(model), again);
    });
  }

  /** Runs the action of a button under the failure that the page of a verification shows. */
  helpVerification(model: string, id: string): unknown {
    return this.failures.help(model, id, this.parts.verifications.failureOf(model), (called) => this.verify(called));
  }

  providers(): Promise<void> {
    return this.guarded(undefined, async () => {
      const pages = this.parts.providers;
      const failure = await pages.run(THIS_MACHINE);
      if (failure) await this.failures.tell(failure, undefined, pages.failurePage(THIS_MACHINE));
    });
  }

  /** Writes the provider of the analyses into the settings. */
  chooseProvider(provider: string): Promise<void> {
    return this.guarded(undefined, () => chooseProvider(provider));
  }

  /** Brings the panel of a model back in front. */
  show(called?: unknown): void {
    if (!(called instanceof vscode.Uri)) return;
    const model = called.fsPath;
    const { analyses, panels } = this.parts;
    panels.show(model, analyses.stateOf(model) ?? panels.stateOf(model) ?? { kind: 'empty' });
  }

  cancel(): void {
    this.parts.analyses.cancel();
  }

  async restartEngine(): Promise<void> {
    await Promise.all([this.parts.engine.restart(), this.parts.scout.restart()]);
    void vscode.window.showInformationMessage(t('The analysis process has ended. The next analysis starts a new one.'));
  }

  showLog(): void {
    this.parts.log.show();
  }

  /** @param several the models that are measured together, where it is not the model alone */
  private async runAnalysis(model: string, explicit: AnalysisOptions, several?: SeveralModels): Promise<void> {
    const { analyses } = this.parts;
    if (analyses.stateOf(model)) {
      if (several)
        void vscode.window.showInformationMessage(t('Another analysis of {0} is still running.', shownName(model)));
      return this.show(vscode.Uri.file(model));
    }
    // A start that was given up before concerns this one no longer.
    this.parts.panels.takeGivenUp(model);
    if (!(await this.hasData(model, { panel: true }))) return;
    const options = { ...(await modelOptions(model)), ...explicit };
    if (this.parts.panels.takeGivenUp(model)) return;
    await this.measure({ model, options, several });
  }

  private async measure(task: Task): Promise<void> {
    const { model } = task;
    let found: AnalysisNote | undefined;
    const failure = await this.parts.analyses.run(task, (note) => {
      this.parts.log.info(`${shownName(model)}: ${note.text}`);
      if (note.kind === 'found') found = note;
      else vscode.window.setStatusBarMessage(note.text, NOTE_MS);
    });
    if (failure) return this.tellFailure(model, failure);
    // This is not awaited, because the report is shown whether or not the user answers the message.
    if (found) void this.offerFresh(task, found);
  }

  private async offerFresh({ continues: _, ...task }: Task, { text }: AnalysisNote): Promise<void> {
    const again = { title: t('Measure again') };
    if ((await vscode.window.showInformationMessage(text, again)) !== again) return;
    await this.guarded(task.model, () => this.measure({ ...task, options: { ...task.options, fresh: true } }));
  }

  /** Tells whether the data is known. Asks the user if the sidecar file names no data that exists. */
  private async hasData(model: string, { panel = false } = {}): Promise<boolean> {
    const data = (await readSidecar(model))?.data;
    if (data === GENERATED_DATA || (data !== undefined && existsSync(data))) return true;
    const note =
      data === undefined ? undefined : t('{0} no longer exists. Which data should the loss be measured on?', data);
    return this.askForData(model, { note, panel });
  }

  /**
   * @param loss asks for the loss, too
   * @param panel opens the panel of the model while the user chooses, so that its page is there at the choice
   */
  private async askForData(
    model: string,
    { note, loss = false, panel = false }: { note?: string; loss?: boolean; panel?: boolean },
  ): Promise<boolean> {
    void this.prepare(model);
    const listed = (): void => {
      const waiting = { kind: 'waiting', title: shownName(model), text: t('Waiting for the choice of data.') } as const;
      if (panel) this.parts.panels.openAhead(model, waiting);
    };
    const answer = await chooseData(this.parts.scout, model, { note, listed });
    if (!answer) return false;
    // The page answers at once; to write the choice takes as long as the disk does.
    if (!loss) this.parts.panels.updateAhead(model, starting(model));
    const chosen = loss ? await chooseLoss(answer.loss) : answer.loss;
    if (loss && !chosen) return false;
    await writeSidecar(model, { data: answer.data, loss: chosen });
    return true;
  }

  /** Lets the engine start while the user chooses, so that the first figures appear soon after the choice. */
  private async prepare(model: string): Promise<void> {
    const { engine, log } = this.parts;
    if (engine.busy) return;
    try {
      await engine.request(Prepare, { options: await modelOptions(model) });
    } catch (error) {
      // The analysis itself meets the same obstacle and tells the user.
      log.info(`The engine was not prepared: ${String(error)}`);
    }
  }

  /** Runs `work` on the chosen model, if the workspace is trusted. */
  private withModel(called: unknown, work: (model: string) => Promise<void>): Promise<void> {
    return this.withChosen(() => chooseModel(called), work);
  }

  private withChosen(choose: () => Promise<string | undefined>, work: (model: string) => Promise<void>): Promise<void> {
    return this.guarded(undefined, async () => {
      if (!vscode.workspace.isTrusted) return this.askForTrust();
      const model = await choose();
      if (model) await this.guarded(model, () => work(model));
    });
  }

  private async askForTrust(): Promise<void> {
    const trust = { title: t('Manage Workspace Trust') };
    const text = t('This workspace is not trusted, so Ridgeline inspects its models but does not run them.');
    if ((await vscode.window.showWarningMessage(text, trust)) === trust) {
      await vscode.commands.executeCommand('workbench.trust.manage');
    }
  }

  private async guarded(model: string | undefined, work: () => Promise<void>): Promise<void> {
    await this.failures.guarded(model, work);
    // The user chose nothing, or the analysis did not begin.
    if (model !== undefined) this.parts.panels.closeAhead(model);
  }

  private tellFailure(model: string, failure: Failure): Promise<void> {
    const { panels } = this.parts;
    const state = panels.stateOf(model);
    const shows = state?.kind === 'failed';
    return this.failures.tell(failure, model, {
      isVisible: shows && panels.isVisible(model),
      offer: (help) => shows && panels.update(model, { ...state, help }),
    });
  }

  /** Runs the action of a button under the failure that the page of a model shows. */
  helpShown(model: string, id: string): unknown {
    const state = this.parts.panels.stateOf(model);
    return this.failures.help(model, id, state?.kind === 'failed' ? state.failure : undefined);
  }
}

/** What the page shows before an analysis knows its steps. */
function starting(model: string): PageState {
  return { kind: 'running', title: shownName(model), progress: { stage: t('Starting'), fraction: 0 } };
}

/** The models that a report is about, where it is about several. */
function severalIn({ comparison, path }: Report): SeveralModels | undefined {
  if (path) return { kind: 'path', places: path.checkpoints.map(({ file }) => file) };
  const models = comparison?.models.map((model) => model.path) ?? [];
  return models.length > 0 ? { kind: 'comparison', models } : undefined;
}
