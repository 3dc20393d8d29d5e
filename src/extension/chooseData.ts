import { dirname, relative } from 'node:path';
import * as vscode from 'vscode';
import { shown } from '../foreignText';
import { shownName } from './shownName';
import { GENERATED_DATA, LOSSES, PRESETS } from '../options/options';
import type { LossName, Preset } from '../options/options';
import { FindData } from '../protocol/worker';
import type { DataCandidate } from '../protocol/worker';
import type { EngineClient } from '../client/engineClient';
import { t } from './translate';

/** The user's answer. Without a loss, the analysis infers it from the graph and the targets. */
export interface DataChoice {
  data: string;
  loss?: LossName;
}

interface DataItem extends vscode.QuickPickItem {
  answer?: 'file' | 'folder' | 'generated' | DataCandidate;
}

/** Endings of the files that may hold data. */
const DATA_ENDINGS = ['npz', 'npy', 'csv', 'parquet', 'gz', 'idx', 'pb'];

/**
 * Asks where the data is. Offers the files beside the model, each with the loss guessed from it, any other file or
 * folder, and generated inputs. Asks for the loss only if it cannot be guessed.
 * @param scout reads the files, since the engine may be busy with an analysis
 * @param listed called when the files are known and the list shows them
 * @throws RequestFailure if the model cannot be read
 */
export async function chooseData(
  scout: EngineClient,
  model: string,
  { note, listed }: { note?: string; listed?: () => void } = {},
): Promise<DataChoice | undefined> {
  const title = t('Data for {0}', shownName(model));
  const candidates = scout.request(FindData, { model }).then((found) => itemsFor(model, found));
  const choice = vscode.window.showQuickPick(candidates, {
    title,
    placeHolder: note ?? t('Which data should the loss be measured on? The answer is saved beside the model.'),
    matchOnDescription: true,
    ignoreFocusOut: true,
  });
  // A failure is that of the choice.
  candidates.then(listed, () => undefined);
  const chosen = await choice;
  if (!chosen?.answer) return undefined;
  switch (chosen.answer) {
    case 'generated':
      return { data: GENERATED_DATA };
    case 'file':
    case 'folder':
      return openData(scout, model, chosen.answer);
    default:
      return answerFor(chosen.answer);
  }
}

/** @param guessed the loss that the list shows first */
export async function chooseLoss(guessed: LossName | undefined): Promise<LossName | undefined> {
  const items = LOSSES.map((loss) => ({ label: loss, description: loss === guessed ? t('guessed') : '' }));
  items.sort((a, b) => Number(b.label === guessed) - Number(a.label === guessed));
  const chosen = await vscode.window.showQuickPick(items, {
    title: t('Loss'),
    placeHolder: t('Which loss was the model trained with?'),
    ignoreFocusOut: true,
  });
  return chosen?.label;
}

export async function choosePreset(): Promise<Preset | undefined> {
  const details: Record<Preset, string> = {
    quick: t('A first look: the first 512 samples, few probes.'),
    standard: t('A report on all samples.'),
    thorough: t('More eigenvalues, probes and points: figures worth publishing.'),
  };
  const items = PRESETS.map((preset) => ({ label: preset, detail: details[preset] }));
  const chosen = await vscode.window.showQuickPick(items, { title: t('Preset'), ignoreFocusOut: true });
  return chosen?.label;
}

function itemsFor(model: string, found: DataCandidate[]): DataItem[] {
  const item = (candidate: DataCandidate): DataItem => ({
    label: `$(${candidate.fits ? 'database' : 'warning'}) ${shown(relative(dirname(model), candidate.path))}`,
    description: candidate.loss ? t('loss: {0} ({1})', candidate.loss.loss, candidate.loss.reason) : '',
    detail: shown(candidate.description),
    answer: candidate,
  });
  const fitting = found.filter(({ fits }) => fits);
  const others = found.filter(({ fits }) => !fits);
  return [
    ...fitting.map(item),
    ...(others.length > 0 ? [separator(t('found, but does not fit the model'))] : []),
    ...others.map(item),
    separator(t('other data')),
    {
      label: t('$(folder-opened) Choose a file…'),
      detail: t('.npz, .npy, .csv, .parquet or IDX, with inputs and targets'),
      answer: 'file',
    },
    {
      label: t('$(folder) Choose a folder…'),
      detail: t('ONNX test_data_set_N, or images in one folder per class'),
      answer: 'folder',
    },
    {
      label: t('$(beaker) Generated inputs'),
      detail: t('Random inputs, labelled by the model itself: for a first look, not for conclusions'),
      answer: 'generated',
    },
  ];
}

function separator(label: string): DataItem {
  return { label, kind: vscode.QuickPickItemKind.Separator };
}

async function openData(scout: EngineClient, model: string, kind: 'file' | 'folder'): Promise<DataChoice | undefined> {
  const [opened] =
    (await vscode.window.showOpenDialog({
      title: t('Data for {0}', shownName(model)),
      defaultUri: vscode.Uri.file(dirname(model)),
      canSelectFiles: kind === 'file',
      canSelectFolders: kind === 'folder',
      filters: kind === 'file' ? { [t('Data')]: DATA_ENDINGS, [t('All files')]: ['*'] } : {},
    })) ?? [];
  return opened && answerForData(scout, model, opened.fsPath);
}

/** Answers with given data and the loss that they suggest. Asks for the loss only if it cannot be guessed. */
export async function answerForData(scout: EngineClient, model: string, data: string): Promise<DataChoice | undefined> {
  const found = await scout.request(FindData, { model, also: [data] });
  const candidate = found.find(({ path }) => path === data);
  return candidate ? answerFor(candidate) : { data };
}

/** Accepts data that does not fit as well, since the analysis explains in full what is wrong with it. */
async function answerFor({ path, loss, fits }: DataCandidate): Promise<DataChoice | undefined> {
  if (loss || !fits) return { data: path, loss: loss?.loss };
  const chosen = await chooseLoss(undefined);
  return chosen && { data: path, loss: chosen };
}
