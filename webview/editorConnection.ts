/** What the editor gives to a page in one of its webviews. */
interface EditorApi<From> {
  postMessage(message: From): void;
  getState(): unknown;
  setState(state: unknown): void;
}

/** The editor around a page. Messages go both ways, and what the page keeps outlives a reload of the window. */
export interface EditorConnection<From, To> {
  post(message: From): void;
  /** Calls `receive` with every message of the extension. The first follows soon after the call. */
  listen(receive: (message: To) => void): void;
  /** Keeps values beside those that are kept already, among them what the extension finds the panel's subject by. */
  keep(values: Record<string, unknown>): void;
  loadMemory(): unknown;
  saveMemory(memory: object): void;
}

/** Whether the page lies in a webview of the editor, and not in a browser that opened an exported file. */
export function isInEditor(): boolean {
  return typeof (globalThis as { acquireVsCodeApi?: unknown }).acquireVsCodeApi === 'function';
}

/** Connects the page with the extension. The editor allows that once for each page. */
export function connectEditor<From extends { type: string }, To>(): EditorConnection<From | { type: 'ready' }, To> {
  const { acquireVsCodeApi } = globalThis as unknown as {
    acquireVsCodeApi: () => EditorApi<From | { type: 'ready' }>;
  };
  const api = acquireVsCodeApi();
  const state = api.getState();
  let kept: Record<string, unknown> = typeof state === 'object' && state !== null ? { ...state } : {};
  const keep = (values: Record<string, unknown>): void => {
    kept = { ...kept, ...values };
    api.setState(kept);
  };
  return {
    post: (message) => api.postMessage(message),
    listen(receive) {
      window.addEventListener('message', ({ data }: MessageEvent<To>) => receive(data));
      api.postMessage({ type: 'ready' });
    },
    keep,
    loadMemory: () => kept['page'],
    saveMemory: (page) => keep({ page }),
  };
}
