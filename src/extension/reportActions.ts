import * as vscode from 'vscode';
import { UserError } from '../errors';
import { failureFrom } from '../protocol/failure';
import type { PageState } from '../protocol/pageState';
import type { NamedDrawing } from '../protocol/webview';
import type { Report } from '../report/report';
import type { Analyses } from './analyses';
import { openAsReport } from './editors/openAsReport';
import { exportReport } from './exportReport';
import type { ExportTarget } from './exportReport';
import type { Panels } from './panels';
import type { ReportStore, StoredReport } from './reportStore';
import type { Task } from './task';
import { verdictIcon, verdictLine } from './verdictIcon';
import { localTime } from './localTime';
import { shownName } from './shownName';
import { t } from './translate';

/** The user's actions on the reports of this workspace. An action on an element of the tree concerns that report. */
export class ReportActions {
  constructor(
    private readonly extension: vscode.Uri,
    private readonly store: ReportStore,
    private readonly panels: Panels,
    private readonly analyses: Analyses,
    /** Runs work to its end and shows a failure as a message. */
    private readonly guarded: (work: () => Promise<void>) => Promise<void>,
  ) {}

  open(called?: unknown): Promise<void> {
    return this.guarded(async () => {
      const stored = await this.choose(called);
      if (!stored) return;
      // An older report must not cover the analysis that runs now.
      const running = this.analyses.stateOf(stored.model);
      this.panels.show(stored.model, running ?? (await this.stateOf(stored)));
    });
  }

  /** Exports a report. If the command names none, takes that of the active panel, or else asks. */
  export(called?: unknown, target?: unknown): Promise<void> {
    return this.guarded(async () => {
      const { active } = this.panels;
      const shown = called === undefined && active !== undefined ? reportOf(this.panels.stateOf(active)) : undefined;
      const stored = shown ? undefined : await this.choose(called);
      const report = shown ?? (stored && (await this.store.load(stored.id)));
      const model = stored?.model ?? active;
      if (report && model !== undefined) await this.exportFrom(model, report, exportTarget(target));
    });
  }

  /** Exports a model's report when its page asks for it. */
  exportShown(model: string): Promise<void> {
    return this.guarded(async () => {
      const report = reportOf(this.panels.stateOf(model));
      if (report) await this.exportFrom(model, report);
    });
  }

  /** Opens a JSON file as a report. */
  openAs(called?: unknown): Promise<void> {
    return this.guarded(() => openAsReport(called));
  }

  /** Exports the report of a file when its page asks for it. */
  exportFile(report: Report, drawings: () => Promise<NamedDrawing[] | undefined>): Promise<void> {
    return this.guarded(() => exportReport(this.extension, report, drawings));
  }

  delete(called?: unknown): Promise<void> {
    return this.guarded(async () => {
      const stored = await this.choose(called);
      if (stored) await this.store.remove(stored.id);
    });
  }

  clear(): Promise<void> {
    return this.guarded(async () => {
      const { length } = await this.store.list();
      const remove = { title: t('Delete') };
      const question =
        length === 1
          ? t('Delete the report of this workspace?')
          : t('Delete the {0} reports of this workspace?', length);
      if (length === 0) void vscode.window.showInformationMessage(t('This workspace has no reports.'));
      else if ((await vscode.window.showWarningMessage(question, { modal: true }, remove)) === remove) {
        await this.store.remove();
      }
    });
  }

  /** Returns the state that a panel shows after a reload of the window, with the newest report of its model. */
  async revive(model: string): Promise<PageState> {
    try {
      const [latest] = await this.store.list(model);
      return latest ? await this.stateOf(latest) : { kind: 'empty' };
    } catch (error) {
      return { kind: 'failed', failure: failureFrom(error) };
    }
  }

  /** Returns the task that continues an unfinished report, or undefined if it cannot be continued. */
  async toContinue(model: string, report: Report): Promise<Task | undefined> {
    const stored = (await this.store.list(model)).find(({ started }) => started === report.provenance.started);
    if (!stored?.stopped) return undefined;
    const { options, several, fraction } = stored.stopped;
    return { model, options, several, continues: { id: stored.id, report, fraction } };
  }

  private async stateOf({ id, stopped }: StoredReport): Promise<PageState> {
    const report = await this.store.load(id);
    if (report.complete || !stopped) return { kind: 'report', report };
    return { kind: 'report', report, stopped: { why: stopped.why, fraction: stopped.fraction } };
  }

  private exportFrom(model: string, report: Report, target?: ExportTarget): Promise<void> {
    return exportReport(this.extension, report, () => this.drawings(model, report), target);
  }

  /** The charts of a report, which only a page can draw: the panel of the model shows the report for that. */
  private async drawings(model: string, report: Report): Promise<NamedDrawing[] | undefined> {
    if (reportOf(this.panels.stateOf(model)) !== report) {
      if (this.analyses.stateOf(model)) {
        throw new UserError({
          what: t('The panel of {0} shows an analysis that is still running.', shownName(model)),
          action: t('Export the figures of this report when the analysis has ended, or cancel it first.'),
        });
      }
      this.panels.show(model, { kind: 'report', report });
    }
    const location = vscode.ProgressLocation.Notification;
    return vscode.window.withProgress({ location, title: t('Drawing the figures'), cancellable: true }, (_, token) =>
      Promise.race([
        this.panels.drawings(model),
        new Promise<undefined>((resolve) => token.onCancellationRequested(() => resolve(undefined))),
      ]),
    );
  }

  private async choose(called: unknown): Promise<StoredReport | undefined> {
    const stored = await this.store.list();
    const named = storedIn(called);
    if (named) return stored.find(({ id }) => id === named);
    if (stored.length === 0) {
      void vscode.window.showInformationMessage(t('This workspace has no reports yet.'));
      return undefined;
    }
    const items = stored.map((report) => ({
      label: `$(${verdictIcon(report).icon}) ${shownName(report.model)}`,
      description: localTime(report.started),
      detail: verdictLine(report),
      report,
    }));
    return (await vscode.window.showQuickPick(items, { title: t('Report'), matchOnDescription: true }))?.report;
  }
}

function reportOf(state: PageState | undefined): Report | undefined {
  return state && 'report' in state ? state.report : undefined;
}

/** Returns the id of a stored report, from an element of the tree or a command's argument. */
function storedIn(called: unknown): string | undefined {
  if (typeof called !== 'object' || called === null) return undefined;
  if ('report' in called) return storedIn(called.report);
  return 'id' in called && typeof called.id === 'string' ? called.id : undefined;
}

/** Reads a command's second argument. The tree passes its selection there, which is no target. */
function exportTarget(value: unknown): ExportTarget | undefined {
  return typeof value === 'object' && value !== null && 'format' in value && 'target' in value
    ? (value as ExportTarget)
    : undefined;
}
