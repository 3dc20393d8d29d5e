import * as vscode from 'vscode';
import { CUDA_NEEDS, planLines } from '../protocol/installText';
import { CudaState, InstallCuda, RemoveCuda } from '../protocol/worker';
import type { InstallPlan } from '../protocol/worker';
import { formatBytes } from '../text/sizes';
import type { EngineClient } from '../client/engineClient';
import { withBar } from './progressBar';
import { t } from './translate';

/** A cancelled download deletes its partial files first. The process gets this long before it is ended. */
const TIDYING_MS = 10_000;

/** Installs or removes the CUDA libraries of the runtime, at the user's request. Says first what it will download. */
export class CudaActions {
  constructor(
    /** Runs in a process of its own, since a download takes minutes. */
    private readonly installer: EngineClient,
    /** Runs work to its end and shows a failure as a message. */
    private readonly guarded: (work: () => Promise<void>) => Promise<void>,
    /** Shows which providers work now. */
    private readonly showProviders: () => Promise<void>,
  ) {}

  install(): Promise<void> {
    return this.guarded(async () => {
      const state = await withBar(t('Looking for the CUDA libraries'), (hooks) =>
        this.installer.request(CudaState, {}, hooks),
      );
      if (state.kind === 'installed') return this.offerRemoval(state.folder);
      if (!(await confirmed(state.plan))) return;
      await withBar(t('Installing the CUDA libraries'), (hooks) =>
        this.installer.request(InstallCuda, { plan: state.plan }, { ...hooks, patienceMs: TIDYING_MS }),
      );
      await this.showProviders();
    });
  }

  private async offerRemoval(folder: string): Promise<void> {
    const [show, remove] = [{ title: t('Show Execution Providers') }, { title: t('Remove') }];
    const text = t('The CUDA libraries are installed already, in {0}.', folder);
    const chosen = await vscode.window.showInformationMessage(text, show, remove);
    if (chosen === show) await this.showProviders();
    if (chosen !== remove) return;
    const { removed } = await this.installer.request(RemoveCuda, {});
    void vscode.window.showInformationMessage(t('Removed {0}.', removed.join(' and ')));
  }
}

async function confirmed(plan: InstallPlan): Promise<boolean> {
  const download = { title: t('Download {0}', formatBytes(plan.bytes)) };
  const lines = planLines(plan).map(([label, text]) => `${label}: ${text}`);
  const message = t('Install the CUDA libraries of ONNX Runtime {0}?', plan.version);
  const options = { modal: true, detail: [...lines, '', CUDA_NEEDS].join('\n') };
  return (await vscode.window.showInformationMessage(message, options, download)) === download;
}
