import * as vscode from 'vscode';
import { RequestFailure } from '../client/engineClient';
import { readSidecar, sidecarPath, writeSidecar } from '../options/sidecar';
import { failureFrom } from '../protocol/failure';
import type { Failure } from '../protocol/worker';
import { askForInputs } from './askForInputs';
import { HELP_LABELS, helpFor, inEditorWords } from './failureHelp';
import type { Help, Inputs } from './failureHelp';
import { logFailure, notifyFailure } from './notifyFailure';

/** Does again what failed: with the model of an address, or with one to choose if `called` is 'another'. */
export type Again = (called: vscode.Uri | 'another') => Promise<void>;

/** The page that shows a failure, if it is in view. */
export interface FailurePage {
  isVisible: boolean;
  offer(help: { id: string; label: string }[]): void;
}

/** What the buttons under a failure need. */
export interface Remedies {
  log: vscode.LogOutputChannel;
  /** Asks for the data of a model. @returns false if the user gave no answer */
  askForData(model: string): Promise<boolean>;
  inspect(model: string): Promise<void>;
  /** Opens the form that assigns arrays of the data to the inputs. */
  configure(model: string): Promise<void>;
  /** Does again what most commands do. */
  analyze: Again;
}

/** Tells failures, with buttons that lead out of them. */
export class FailureActions {
  constructor(private readonly remedies: Remedies) {}

  /** Runs a command to its end. Shows a failure as a message, with buttons that fit `model` if there is one. */
  async guarded(model: string | undefined, work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      const failure = error instanceof RequestFailure ? error.failure : inEditorWords(failureFrom(error));
      await this.notify(failure, model);
    }
  }

  /** Tells a failure once: in its page if that is in view, and otherwise as a message. */
  async tell(failure: Failure, model: string | undefined, page: FailurePage, again?: Again): Promise<void> {
    const ids = model === undefined ? (['showLog'] as const) : helpFor(failure, await inputsOf(model));
    page.offer(ids.map((id) => ({ id, label: HELP_LABELS[id] })));
    if (page.isVisible) logFailure(failure, this.remedies.log);
    else await this.notify(failure, model, again);
  }

  /** Runs the action of a button under a failure that a page shows. */
  help(model: string | undefined, id: string, failure: Failure | undefined, again?: Again): unknown {
    return id in HELP_LABELS ? this.run(model, id as Help, failure?.inputs, again) : undefined;
  }

  private async notify(failure: Failure, model: string | undefined, again?: Again): Promise<void> {
    const ids = model === undefined ? (['showLog'] as const) : helpFor(failure, await inputsOf(model));
    const help = ids.map((id) => ({ id, run: () => this.run(model, id, failure.inputs, again) }));
    // This is not awaited, because a command ends when its message appears, not when the user closes it.
    void notifyFailure(failure, this.remedies.log, help);
  }

  private run(
    model: string | undefined,
    help: Help,
    inputs: Failure['inputs'] = [],
    again: Again = this.remedies.analyze,
  ): unknown {
    if (model === undefined || help === 'showLog') return this.remedies.log.show();
    const file = vscode.Uri.file(model);
    switch (help) {
      case 'chooseModel':
        return again('another');
      case 'chooseData':
        return this.guarded(model, async () => {
          if (await this.remedies.askForData(model)) await again(file);
        });
      case 'mapInputs':
        return this.remedies.configure(model);
      case 'setInputs':
        return this.guarded(model, async () => {
          if (await askForInputs(model, inputs)) await again(file);
        });
      case 'openSidecar':
        return this.guarded(model, () => openSidecar(model));
      case 'inspect':
        return this.remedies.inspect(model);
      case 'retry':
        return again(file);
    }
  }
}

/** Opens the sidecar file, and creates it if there is none. */
async function openSidecar(model: string): Promise<void> {
  await writeSidecar(model, {});
  await vscode.window.showTextDocument(vscode.Uri.file(sidecarPath(model)));
}

async function inputsOf(model: string): Promise<Inputs> {
  // A sidecar file that cannot be read names no data. The failure itself already says that the file is damaged.
  const remembered = await readSidecar(model).catch(() => null);
  return { sidecar: sidecarPath(model), data: remembered?.data };
}
