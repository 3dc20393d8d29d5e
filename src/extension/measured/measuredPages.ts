import * as vscode from 'vscode';
import { RequestFailure } from '../../client/engineClient';
import type { RequestHooks } from '../../client/engineClient';
import { failureFrom } from '../../protocol/failure';
import { packDated } from '../../protocol/measured';
import type { Dated, MeasuredName, MeasuredResults } from '../../protocol/measured';
import type { FileFate, FromMeasuredPage, MeasuringState, ToMeasuredPage } from '../../protocol/measuredPage';
import type { Failure, Progress } from '../../protocol/worker';
import type { FailurePage } from '../failureActions';
import { inEditorWords } from '../failureHelp';
import { HiddenProgress } from '../hiddenProgress';
import { PanelShelf } from '../panelShelf';
import { SECTION } from '../settings';
import { t } from '../translate';
import type { KeptResults } from './keptResults';
import { MeasuredPanel } from './measuredPanel';

/** One kind of measurement whose result is shown in a page of its own. */
export interface MeasuredKind<Name extends MeasuredName> {
  name: Name;
  /** Type of the panels, as the editor stores it. */
  viewType: string;
  /** Title of the panel, and of a notification while the panel is out of sight. */
  title(subject: string): string;
  /** What the page calls the subject, and where it lies. */
  heading(subject: string): { title: string; path: string };
  /** Text of the progress until the measurement itself tells one. */
  starting(): string;
  /** @throws RequestFailure, or a UserError about the options */
  measure(subject: string, hooks: RequestHooks): Promise<MeasuredResults[Name]>;
  /** Tells what became of the measured file since, if anything did. */
  since(subject: string, result: MeasuredResults[Name]): Promise<FileFate | undefined>;
}

/** What the buttons of such a page do. */
export interface MeasuredRequests {
  again(subject: string): unknown;
  help(subject: string, id: string): unknown;
  install(): unknown;
  choose(provider: string): unknown;
  showLog(): unknown;
  fault(message: string, stack: string | undefined): unknown;
}

const IDLE: MeasuringState = { kind: 'idle' };

/** The pages of one kind of measurement. They show its course and its last result, which outlives the window. */
export class MeasuredPages<Name extends MeasuredName> implements vscode.Disposable {
  private readonly shelf: PanelShelf<FromMeasuredPage, MeasuredPanel>;
  private readonly states = new Map<string, MeasuringState>();
  private readonly running = new Map<string, AbortController>();
  private readonly settings: vscode.Disposable;

  constructor(
    extension: vscode.Uri,
    private readonly measurement: MeasuredKind<Name>,
    private readonly kept: KeptResults,
    private readonly requests: MeasuredRequests,
  ) {
    const connect = (subject: string, panel: vscode.WebviewPanel): MeasuredPanel =>
      new MeasuredPanel(panel, subject, {
        told: () => this.told(subject),
        receive: (message) => this.receive(subject, message),
        // Nobody waits for what a closed page would show.
        closed: () => this.cancel(subject),
      });
    this.shelf = new PanelShelf(extension, {
      viewType: measurement.viewType,
      page: 'measured',
      key: 'subject',
      title: (subject) => measurement.title(subject),
      connect,
      revive: (subject, panel) => Promise.resolve(connect(subject, panel)),
    });
    this.settings = vscode.workspace.onDidChangeConfiguration((event) => {
      if (event.affectsConfiguration(`${SECTION}.provider`)) this.shelf.pages.forEach((page) => page.send());
    });
  }

  /** Returns why the last measurement of a subject failed, if it did. */
  failureOf(subject: string): Failure | undefined {
    const state = this.states.get(subject);
    return state?.kind === 'failed' ? state.failure : undefined;
  }

  /** Returns the page that shows why the last measurement failed, on which buttons that help can be put. */
  failurePage(subject: string): FailurePage {
    return {
      isVisible: this.shelf.isVisible(subject),
      offer: (help) => {
        const failure = this.failureOf(subject);
        if (failure) this.set(subject, { kind: 'failed', failure, help });
      },
    };
  }

  cancel(subject: string): void {
    this.running.get(subject)?.abort();
  }

  /**
   * Opens the page of a subject and measures anew, unless that goes on already.
   * @returns the failure, or undefined if the measurement succeeded
   */
  async run(subject: string): Promise<Failure | undefined> {
    this.shelf.show(subject);
    if (this.running.has(subject)) return undefined;
    const controller = new AbortController();
    this.running.set(subject, controller);
    const isVisible = (): boolean => this.shelf.isVisible(subject);
    const hidden = new HiddenProgress(this.measurement.title(subject), isVisible, () => controller.abort());
    const watch = this.shelf.onDidChangeVisibility((changed) => changed === subject && hidden.update());
    const onProgress = (progress: Progress): void => {
      hidden.update(progress);
      this.set(subject, { kind: 'measuring', progress });
    };
    try {
      onProgress({ stage: this.measurement.starting(), fraction: 0 });
      const result = await this.measurement.measure(subject, { signal: controller.signal, onProgress });
      await this.kept.keep(this.measurement.name, subject, { result, measured: new Date().toISOString() });
      this.set(subject, IDLE);
      return undefined;
    } catch (error) {
      const failure = error instanceof RequestFailure ? error.failure : inEditorWords(failureFrom(error));
      this.set(subject, failure.kind === 'cancelled' ? IDLE : { kind: 'failed', failure, help: [] });
      return failure;
    } finally {
      watch.dispose();
      hidden.dispose();
      this.running.delete(subject);
    }
  }

  dispose(): void {
    for (const controller of this.running.values()) controller.abort();
    this.settings.dispose();
    this.shelf.dispose();
  }

  private set(subject: string, state: MeasuringState): void {
    this.states.set(subject, state);
    this.shelf.pageOf(subject)?.send();
  }

  private receive(subject: string, message: Exclude<FromMeasuredPage, { type: 'ready' }>): unknown {
    switch (message.type) {
      case 'again':
        return this.requests.again(subject);
      case 'cancel':
        return this.cancel(subject);
      case 'help':
        return this.requests.help(subject, message.id);
      case 'install':
        return this.requests.install();
      case 'choose':
        return this.requests.choose(message.provider);
      case 'showLog':
        return this.requests.showLog();
      case 'fault':
        return this.requests.fault(message.message, message.stack);
    }
  }

  private async told(subject: string): Promise<ToMeasuredPage> {
    const { measurement } = this;
    const dated: Dated<Name> | undefined = this.kept.find(measurement.name, subject);
    return {
      type: 'state',
      page: measurement.name,
      ...measurement.heading(subject),
      state: this.states.get(subject) ?? IDLE,
      ...(dated ? { dated: packDated(dated), since: await measurement.since(subject, dated.result) } : {}),
      setting: vscode.workspace.getConfiguration(SECTION).get<string>('provider') ?? 'auto',
    };
  }
}

/** Says that a request waits for its turn, or that it starts. */
export function startingText({ busy }: { busy: boolean }): string {
  return busy ? t('Waiting for another analysis') : t('Starting');
}
