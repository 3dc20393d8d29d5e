import './editorLanguage';
import * as vscode from 'vscode';
import { Actions } from './actions';
import { registerAgentTools } from './agentTools';
import { Analyses } from './analyses';
import { CodeLenses } from './codeLenses';
import { commandTable } from './commands';
import { EngineClient } from '../client/engineClient';
import { savePicture } from './exportReport';
import { registerEditors } from './editors/registerEditors';
import { inEditorWords as reworded } from './failureHelp';
import { registerMcpProvider } from './mcpProvider';
import { ModelTree } from './modelTree';
import { Pages } from './pages';
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

  const panels: Panels = new Panels(context.extensionUri, {
    cancel: (model) => analyses.cancel(model),
    rerun: (model, preset) => void actions.rerun(model, preset),
    measurePoint: (model, directions, at) => void points.measure(model, directions, at),
    cancelPoints: (model) => points.cancel(model),
    points: (model) => points.of(model),
    export: (model) => void actions.reports.exportShown(model),
    showLog: () => log.show(),
    help: (model, id) => void actions.helpShown(model, id),
    openSample: () => void actions.openSample(),
    saveImproved: (model) => void actions.saveImproved(vscode.Uri.file(model)),
    savePicture: (name, png) => void savePicture(name, Buffer.from(png, 'base64')),
    saveDrawing: (name, svg) => void savePicture(name, svg),
    saveTable: (name, csv) => void savePicture(name, csv),
    fault: (message, stack) => log.error(`page: ${message}\n${stack ?? ''}`),
    revive: (model) => actions.reports.revive(model),
  });
  // The cache is shared by all workspaces, since the same model may belong to several.
  const cache = vscode.Uri.joinPath(context.globalStorageUri, 'cache').fsPath;
  const analyses: Analyses = new Analyses(engine, store, panels, cache);
  const points: PlanePoints = new PlanePoints(engine, store, panels, { cache, log });
  const pages = new Pages();
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
    pages,
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
        showLog: () => log.show(),
        fault: (message, stack) => log.error(`page of a model: ${message}\n${stack ?? ''}`),
      },
      reports: {
        rerun: ({ model }, preset) => void actions.rerun(model.path, preset),
        export: (report, drawings) => void actions.reports.exportFile(report, drawings),
        saveImproved: ({ model }) => void actions.saveImproved(vscode.Uri.file(model.path)),
        savePicture: (name, png) => void savePicture(name, Buffer.from(png, 'base64')),
        saveDrawing: (name, svg) => void savePicture(name, svg),
        saveTable: (name, csv) => void savePicture(name, csv),
        showLog: () => log.show(),
        fault: (message, stack) => log.error(`page of a report: ${message}\n${stack ?? ''}`),
      },
    },
  );
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
    pages,
    new ModelTree(store),
    new CodeLenses(store),
    new Problems(context.extensionUri, store, (error) => log.error(`problems: ${String(error)}`)),
    ...commands,
  );
}
