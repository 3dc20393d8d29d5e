import type { FromModelPage, ToModelPage } from '../../src/protocol/modelPage';

/** The editor around the page. */
export interface EditorHost {
  post(message: FromModelPage): void;
  /** Calls `receive` with every message of the extension. */
  listen(receive: (message: ToModelPage) => void): void;
  loadMemory(): unknown;
  saveMemory(memory: object): void;
}

interface EditorApi {
  postMessage(message: FromModelPage): void;
  getState(): unknown;
  setState(state: unknown): void;
}

/** Connects the page with the extension. Only a page inside the editor has the function that this needs. */
export function connectEditor(): EditorHost {
  const acquire = (globalThis as unknown as { acquireVsCodeApi: () => EditorApi }).acquireVsCodeApi;
  const api = acquire();
  return {
    post: (message) => api.postMessage(message),
    listen(receive) {
      window.addEventListener('message', ({ data }: MessageEvent<ToModelPage>) => receive(data));
      api.postMessage({ type: 'ready' });
    },
    loadMemory: () => api.getState(),
    saveMemory: (memory) => api.setState(memory),
  };
}
