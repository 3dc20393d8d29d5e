import type * as vscode from 'vscode';
import { packState } from '../protocol/pageState';
import type { PageState } from '../protocol/pageState';
import { spokenInEditor } from '../protocol/spokenInEditor';
import type { FromWebview, NamedDrawing, ToWebview } from '../protocol/webview';
import { perform } from './pageActions';
import type { PageActions } from './pageActions';

/**
 * The page of a report in a webview, be it a panel or an editor. A hidden page does not run; its script asks for the
 * state whenever it starts.
 */
export class ReportPage {
  /** Whether the page has asked for its state and was not hidden since. */
  private runs = false;
  /** Receive the drawings for which the page was asked, or undefined when the webview is closed. */
  private readonly waiting: ((drawings: NamedDrawing[] | undefined) => void)[] = [];
  /** The section that the page brings into view once it has the state. */
  private section: string | undefined;

  constructor(
    private readonly panel: vscode.WebviewPanel,
    public state: PageState,
    private readonly actions: PageActions,
    /** Messages that the page receives before its state. */
    private readonly first: () => ToWebview[] = () => [],
  ) {}

  /** @param section the section to bring into view */
  show(state: PageState, section?: string): void {
    this.section = section;
    this.update(state);
  }

  update(state: PageState): void {
    this.state = state;
    if (this.runs) this.send();
  }

  /** Sends a message. VS Code drops messages to a hidden page, which asks for its state when it is shown again. */
  post(message: ToWebview): void {
    void this.panel.webview.postMessage(message);
  }

  /** Asks the page for all its charts, and brings it to the front, since hidden pages do not run. */
  drawings(): Promise<NamedDrawing[] | undefined> {
    return new Promise((resolve) => {
      this.waiting.push(resolve);
      this.panel.reveal(undefined, true);
      // The editor delivers what is posted too early before the state, when there is no chart yet.
      if (this.runs) this.post({ type: 'drawFigures' });
    });
  }

  receive(message: FromWebview): unknown {
    switch (message.type) {
      case 'ready':
        this.runs = true;
        this.first().forEach((told) => this.post(told));
        this.send();
        // A page that has just started did not receive an earlier question.
        if (this.waiting.length > 0) this.post({ type: 'drawFigures' });
        return;
      case 'revealed':
        this.section = undefined;
        return;
      case 'figures':
        return this.answer(message.drawings);
      default:
        return perform(message, this.actions);
    }
  }

  /** Takes note that the webview is out of sight, where its script ends. */
  hidden(): void {
    this.runs = false;
  }

  dispose(): void {
    this.answer(undefined);
  }

  private answer(drawings: NamedDrawing[] | undefined): void {
    for (const receive of this.waiting.splice(0)) receive(drawings);
  }

  private send(): void {
    this.post({ type: 'state', ...packState(spokenInEditor(this.state)) });
    if (this.section !== undefined) this.post({ type: 'reveal', section: this.section });
  }
}
