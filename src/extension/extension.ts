import './editorLanguage';
import * as vscode from 'vscode';
import { Actions } from './actions';
import { registerAgentTools } from './agentTools';
import { Analyses } from './analyses';
import { CodeLenses } from './codeLenses';
import { ClusterRuns } from './clusterRuns';
import { commandTable } from './commands';
import { EngineClient } from '../client/engineClient';
import { savePicture } from './exportReport';
import { registerEditors } from './editors/registerEditors';
import { inEditorWords as reworded } from './failureHelp';
import { registerMcpProvider } from './mcpProvider';
import { ModelTree } from './modelTree';
import { executionProviders } from './measured/executionProviders';
import { KeptResults } from './measured/keptResults';
import { MeasuredPages } from './measured/measuredPages';
import { verification } from './measured/verification';
import { Panels } from './panels';
import { PlanePoints } from './planePoints';
import { spokenInEditor } from '../protocol/spokenInEditor';
import { Problems } from './problems/problems';
import { ReportStore } from './reportStore';
import { keptReports, SECTION } from './settings';

/** Wires the parts together. Nothing heavy happens here: worker processes start with the first request. */
export function activate(context: vscode.ExtensionContext): void {
  const log = vscode.window.createOutputChannel('Ridgeline', { log: true });
  const script = vscode.Uri.joinPath(context.extensionUri, 'dist', 'worker.js').fsPath;
  const words = { reworded, spoken: spokenInEditor };
  const engine = new EngineClient({ script, log: (line) => log.info(`engine: ${line}`), ...words });
  const scout = new EngineClient({ script, log: (line) => log.info(`scout: ${line}`), idleMs: 20_000, ...words });
  const viewer = new EngineClient({ script, log: (line) => log.info(`viewer: ${line}`), idleMs: 20_000, ...words });
  const installer = new EngineClient({ script, log: (line) => log.info(`installer: ${line}`), idleMs: 5000, ...words });

  // A window without a folder has no storage of its own.
  const storage = context.storageUri ?? context.globalStorageUri;
  const store = new ReportStore(vscode.Uri.joinPath(storage, 'reports').fsPath, () => {
    const configuration = vscode.workspace.getConfiguration(SECTION);
    return keptReports((name) => configuration.get(name));
  });

  /** What every page of a report may ask for, whatever the report. */
  const forPages = {
    savePicture: (name: string, png: string) => void savePicture(name, Buffer.from(png, 'base64')),
    saveDrawing: (name: string, svg: string) => void savePicture(name, svg),
    saveTable: (name: string, csv: string) => void savePicture(name, csv),
    ...toldByPages(log),
  };
  const panels: Panels = new Panels(context.extensionUri, {
    actions: (model) => ({
      ...forPages,
      // Until the analysis begins there is nothing to stop yet, only a start to give up.
      cancel: () => panels.giveUpAhead(model) || analyses.cancel(model),
      rerun: (preset) => void actions.rerun(model, preset),
      measurePoint: (directions, at) => void points.measure(model, directions, at),
      cancelPoints: () => points.cancel(model),
      export: () => void actions.reports.exportShown(model),
      help: (id) => void actions.helpShown(model, id),
      openSample: () => void actions.openSample(),
      saveImproved: () => void actions.saveImproved(vscode.Uri.file(model)),
    }),
    points: (model) => points.of(model),
    revive: (model) => actions.reports.revive(model),
  });
  // The cache is shared by all workspaces, since the same model may belong to several.
  const cache = vscode.Uri.joinPath(context.globalStorageUri, 'cache').fsPath;
  const clusterRuns = new ClusterRuns(context.workspaceState);
  const analyses: Analyses = new Analyses(engine, store, panels, cache, {
    runs: clusterRuns,
    engine: () => new EngineClient({ script, log: (line) => log.info(`cluster: ${line}`), ...words }),
  });
  const points: PlanePoints = new PlanePoints(engine, store, panels, { cache, log });
  const kept = new KeptResults(context.workspaceState);
  const forMeasured = {
    install: () => void actions.cuda.install(),
    choose: (provider: string) => void actions.chooseProvider(provider),
    ...toldByPages(log),
  };
  const verifications = new MeasuredPages(context.extensionUri, verification(engine), kept, {
    ...forMeasured,
    again: (model) => void actions.verify(vscode.Uri.file(model)),
    help: (model, id) => void actions.helpVerification(model, id),
  });
  const providers = new MeasuredPages(context.extensionUri, executionProviders(engine), kept, {
    ...forMeasured,
    again: () => void actions.providers(),
    help: () => log.show(),
  });
  const actions: Actions = new Actions({
    extension: context.extensionUri,
    samples: vscode.Uri.joinPath(context.globalStorageUri, 'samples'),
    versions: vscode.Uri.joinPath(context.globalStorageUri, 'versions'),
    cache,
    log,
    engine,
    scout,
    installer,
    store,
    panels,
    analyses,
    verifications,
    providers,
    configure: (model) => editors.configure(model),
  });

  // ONNX Runtime supports CUDA in Node.js only on linux-x64, so the command is hidden elsewhere.
  const withoutCuda = `${process.platform}-${process.arch}` !== 'linux-x64';
  void vscode.commands.executeCommand('setContext', 'ridgeline.withoutCuda', withoutCuda);

  const commands = Object.entries(commandTable(actions)).map(([id, run]) => vscode.commands.registerCommand(id, run));
  const tools = [
    ...registerAgentTools({ scout, analyses, panels, store }),
    ...registerMcpProvider(context.extensionUri),
  ];
  const editors = registerEditors(
    context.extensionUri,
    { viewer, scout, store, log },
    {
      models: {
        analyze: (model, data) => void actions.analyzeWith(model, data),
        verify: (model) => void actions.verify(model),
        openReport: (id) => void actions.reports.open({ id }),
        ...toldByPages(log),
      },
      reports: {
        actions: (report, drawings) => ({
          ...forPages,
          rerun: (preset) => void actions.rerun(report().model.path, preset),
          export: () => void actions.reports.exportFile(report(), drawings),
          saveImproved: () => void actions.saveImproved(vscode.Uri.file(report().model.path)),
        }),
      },
    },
  );
  for (const run of clusterRuns.all()) void actions.resumeOnCluster(run);
  context.subscriptions.push(
    ...tools,
    ...editors.registrations,
    log,
    engine,
    scout,
    viewer,
    installer,
    panels,
    analyses,
    points,
    verifications,
    providers,
    new ModelTree(store),
    new CodeLenses(store),
    new Problems(context.extensionUri, store, (error) => log.error(`problems: ${String(error)}`)),
    ...commands,
  );
}

/** What every page may tell: that the user asks for the log, and errors of its own. */
function toldByPages(log: vscode.LogOutputChannel) {
  return {
    showLog: () => log.show(),
    fault: (message: string, stack: string | undefined) => log.error(`page: ${message}\n${stack ?? ''}`),
  };
}
