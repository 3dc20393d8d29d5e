import { unpackState } from '../src/protocol/pageState';
import type { PackedState } from '../src/protocol/pageState';
import type { PendingPoint } from '../src/protocol/pendingPoint';
import type { PageState } from '../src/protocol/pageState';
import type { FromWebview, ToWebview } from '../src/protocol/webview';
import { reportFromJson } from '../src/report/json';
import { connectEditor, isInEditor } from './editorConnection';
import type { EditorConnection } from './editorConnection';
import { drawnFigures } from './charts/drawnFigures';

/** The host of the page: a panel of the editor, or a browser that opened an exported file. */
export interface Host {
  kind: 'vscode' | 'standalone';
  post(message: FromWebview): void;
  /**
   * Calls `receive` with every state of the page. The first state follows soon after the call.
   * @param reveal brings the section of an id into view
   */
  listen(receive: (state: PageState) => void, reveal: (section: string) => void): void;
  /** Calls `receive` with the points that are asked for. Without an engine, as in an exported file, it is never called. */
  listenToPoints(receive: (points: readonly PendingPoint[]) => void): void;
  loadMemory(): unknown;
  saveMemory(memory: object): void;
}

export function connectHost(): Host {
  return isInEditor() ? vscodeHost(connectEditor<FromWebview, ToWebview>()) : standaloneHost();
}

function vscodeHost(editor: EditorConnection<FromWebview, ToWebview>): Host {
  const unpack = rememberingReport();
  const pointListeners: ((points: readonly PendingPoint[]) => void)[] = [];
  return {
    kind: 'vscode',
    post: (message) => editor.post(message),
    listen(receive, reveal) {
      editor.listen((data) => {
        switch (data.type) {
          case 'state':
            return receive(unpack(data));
          case 'belongsTo':
            return editor.keep({ model: data.model });
          case 'drawFigures':
            return editor.post({ type: 'figures', drawings: drawnFigures(document.body) });
          case 'reveal':
            return reveal(data.section);
          case 'points':
            return pointListeners.forEach((receive) => receive(data.points));
        }
      });
    },
    listenToPoints: (receive) => void pointListeners.push(receive),
    loadMemory: () => editor.loadMemory(),
    saveMemory: (page) => editor.saveMemory(page),
  };
}

/** Parses a report only when its text changes, since many progress messages of an analysis carry the same report. */
function rememberingReport(): (packed: PackedState) => PageState {
  let text: string | undefined;
  let state: PageState = { kind: 'empty' };
  return (packed) => {
    const known = packed.report !== undefined && packed.report === text && 'report' in state ? state.report : undefined;
    state = known ? ({ ...packed.state, report: known } as PageState) : unpackState(packed);
    text = packed.report;
    return state;
  };
}

/** Reads the report from the page itself, and lets the browser save files instead of the editor. */
function standaloneHost(): Host {
  const json = document.getElementById('report')?.textContent ?? '';
  followColorScheme();
  return {
    kind: 'standalone',
    post(message) {
      if (message.type === 'export') {
        download(
          `${document.title.replace(/: .*/, '')}.landscape-report.json`,
          new Blob([json], { type: 'application/json' }),
        );
      } else if (message.type === 'savePicture') {
        download(message.name, new Blob([bytesOf(message.png)], { type: 'image/png' }));
      } else if (message.type === 'saveDrawing') {
        download(message.name, new Blob([message.svg], { type: 'image/svg+xml' }));
      } else if (message.type === 'saveTable') {
        download(message.name, new Blob([message.csv], { type: 'text/csv' }));
      } else if (message.type === 'fault') {
        console.error(message.message, message.stack);
      }
    },
    listen: (receive) =>
      receive(json.trim() === '' ? { kind: 'empty' } : { kind: 'report', report: reportFromJson(json) }),
    listenToPoints: () => undefined,
    // Browsers either share one storage among all file:// pages or refuse it, so an exported file remembers nothing.
    loadMemory: () => undefined,
    saveMemory: () => undefined,
  };
}

/** Gives the body the classes that VS Code would give it, so that theme.ts and the component library work unchanged. */
function followColorScheme(): void {
  const light = matchMedia('(prefers-color-scheme: light)');
  const contrast = matchMedia('(prefers-contrast: more), (forced-colors: active)');
  const paper = matchMedia('print');
  const apply = (): void => {
    const isLight = light.matches || paper.matches;
    const kind = `vscode-${contrast.matches ? `high-contrast${isLight ? '-light' : ''}` : isLight ? 'light' : 'dark'}`;
    document.body.className = kind;
    document.body.dataset['vscodeThemeKind'] = kind;
  };
  light.addEventListener('change', apply);
  // Before the charts are drawn for the paper.
  paper.addEventListener('change', apply);
  contrast.addEventListener('change', apply);
  apply();
}

function download(name: string, blob: Blob): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  // The browser reads the blob only after the click returns, so the URL must stay valid for a while.
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

function bytesOf(base64: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
}
