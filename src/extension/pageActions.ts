import type { FromWebview } from '../protocol/webview';

/** What a page of a report asks the extension to do. The other messages are between the page and its webview. */
export type PageRequest = Exclude<FromWebview, { type: 'ready' | 'revealed' | 'figures' }>;

/** What the buttons of a report's page do. A page that has no such button lacks the action. */
export interface PageActions {
  cancel?(): unknown;
  rerun(preset: 'quick' | 'standard' | 'thorough' | undefined): unknown;
  measurePoint?(directions: { x: string; y: string }, at: { x: number; y: number }): unknown;
  cancelPoints?(): unknown;
  export(): unknown;
  saveImproved(): unknown;
  /** Runs the action of a button under a failure. */
  help?(id: string): unknown;
  openSample?(): unknown;
  savePicture(name: string, png: string): unknown;
  saveDrawing(name: string, svg: string): unknown;
  saveTable(name: string, csv: string): unknown;
  showLog(): unknown;
  fault(message: string, stack: string | undefined): unknown;
}

/** Does what the page asks for. */
export function perform(message: PageRequest, actions: PageActions): unknown {
  switch (message.type) {
    case 'cancel':
      return actions.cancel?.();
    case 'rerun':
      return actions.rerun(message.preset);
    case 'measurePoint':
      return actions.measurePoint?.(message.directions, message.at);
    case 'cancelPoints':
      return actions.cancelPoints?.();
    case 'export':
      return actions.export();
    case 'saveImproved':
      return actions.saveImproved();
    case 'help':
      return actions.help?.(message.id);
    case 'openSample':
      return actions.openSample?.();
    case 'savePicture':
      return actions.savePicture(message.name, message.png);
    case 'saveDrawing':
      return actions.saveDrawing(message.name, message.svg);
    case 'saveTable':
      return actions.saveTable(message.name, message.csv);
    case 'showLog':
      return actions.showLog();
    case 'fault':
      return actions.fault(message.message, message.stack);
  }
}
