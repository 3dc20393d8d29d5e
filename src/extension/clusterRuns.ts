import * as vscode from 'vscode';
import type { AnalysisOptions } from '../options/options';
import type { Task } from './task';
import { readClusterSettings, SECTION } from './settings';
import { t } from './translate';

const KEY = 'clusterRuns';

/** The runs on a cluster that a workspace waits for. A window that opens again finds them, as their jobs go on. */
export class ClusterRuns {
  constructor(private readonly memento: vscode.Memento) {}

  all(): Pick<Task, 'model' | 'options'>[] {
    return this.memento.get<Pick<Task, 'model' | 'options'>[]>(KEY, []);
  }

  async add({ model, options: { fresh: _, ...options } }: Task): Promise<void> {
    await this.memento.update(KEY, [...this.without(model), { model, options }]);
  }

  async remove(model: string): Promise<void> {
    await this.memento.update(KEY, this.without(model));
  }

  private without(model: string): Pick<Task, 'model' | 'options'>[] {
    return this.all().filter((run) => run.model !== model);
  }
}

/**
 * Asks how to submit, with what the settings say as the answer to confirm.
 * @param given arguments of sbatch, from a key binding or a task, which ask nothing
 * @returns the options of the run; undefined if the user dismisses the question
 */
export async function chooseCluster(given?: unknown): Promise<AnalysisOptions | undefined> {
  const configuration = vscode.workspace.getConfiguration(SECTION);
  const { jobs, sbatch, folder } = readClusterSettings((name) => configuration.get(name));
  const chosen = typeof given === 'string' ? given : await ask(sbatch);
  if (chosen === undefined) return undefined;
  return {
    cluster: 'slurm',
    ...(jobs === null ? {} : { jobs }),
    ...(chosen.trim() === '' ? {} : { sbatch: chosen.trim() }),
    ...(folder === '' ? {} : { cache: folder }),
  };
}

function ask(sbatch: string): Thenable<string | undefined> {
  return vscode.window.showInputBox({
    title: t('Analyze on Cluster'),
    prompt: t('Arguments of sbatch for every task, such as partition, GPU and time. Leave it empty for the defaults.'),
    placeHolder: '--partition=gpu --gres=gpu:1 --time=1:00:00',
    value: sbatch,
    ignoreFocusOut: true,
  });
}
