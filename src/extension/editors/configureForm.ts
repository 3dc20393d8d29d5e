import { basename, dirname } from 'node:path';
import * as vscode from 'vscode';
import { RequestFailure } from '../../client/engineClient';
import type { EngineClient } from '../../client/engineClient';
import type { AnalysisOptions } from '../../options/options';
import { parseOptions } from '../../options/parse';
import { readSidecar, sidecarPath, writeSidecar } from '../../options/sidecar';
import { SIDECAR_OPTIONS } from '../../options/table';
import type { ExpectedTime, FormOptions, FromForm, LossAtWeights, ToForm } from '../../protocol/configure';
import { failureFrom } from '../../protocol/failure';
import { Analyze, ExpectTime, PreviewData } from '../../protocol/worker';
import type { Failure } from '../../protocol/worker';
import { modelOptions } from '../modelOptions';
import { shownName } from '../shownName';
import { t } from '../translate';

/** Samples on which the form measures the loss: enough to compare it with chance, and done in a moment. */
const SAMPLES = 256;
/** Samples that the expected time is for while no data are known. */
const SAMPLES_OF_NO_DATA = 1000;

/** Answers the form that configures the analysis of one model. */
export class ConfigureForm {
  /** Ends the preview and the measurement of the loss when data or mapping change. */
  private current = new AbortController();
  private estimating = new AbortController();
  /** Number of samples in the data of the last preview. */
  private available: number | null = null;

  constructor(
    private readonly model: string,
    /** The viewer reads data and measures the loss; meanwhile the scout estimates the time. */
    private readonly engines: { viewer: EngineClient; scout: EngineClient },
    private readonly post: (message: ToForm) => void,
    private readonly analyze: () => void,
  ) {}

  async receive(message: FromForm): Promise<void> {
    try {
      await this.answer(message);
    } catch (error) {
      const { what, where, action } = failureOf(error);
      this.post({ type: 'refused', what: [what, ...where].join(' '), action });
    }
  }

  dispose(): void {
    this.current.abort();
    this.estimating.abort();
  }

  private async answer(message: FromForm): Promise<void> {
    switch (message.type) {
      case 'configure': {
        const { data, input, target, loss, samples, preset, only } = (await readSidecar(this.model)) ?? {};
        const options = { data, input, target, loss, samples, preset, only };
        return this.post({ type: 'form', options, file: basename(sidecarPath(this.model)) });
      }
      case 'preview':
        return this.preview(message.options);
      case 'expect':
        return this.estimate(message.options);
      case 'chooseData': {
        const data = await this.chooseData(message.kind);
        // Another file has other arrays, so the old mapping goes.
        if (data !== undefined) await this.preview({ ...message.options, data, input: null, target: null });
        return;
      }
      case 'cancelLoss':
        this.current.abort();
        return;
      case 'save': {
        const options = checked(message.options);
        const file = await writeSidecar(this.model, options);
        this.post({ type: 'saved', file: basename(file) });
        if (message.analyze) this.analyze();
      }
    }
  }

  private async chooseData(kind: 'file' | 'folder'): Promise<string | undefined> {
    const [chosen] =
      (await vscode.window.showOpenDialog({
        title: t('Data for {0}', shownName(this.model)),
        defaultUri: vscode.Uri.file(dirname(this.model)),
        canSelectFiles: kind === 'file',
        canSelectFolders: kind === 'folder',
      })) ?? [];
    return chosen?.fsPath;
  }

  /** Shows the first samples and, where they can be read, measures the loss at the weights. */
  private async preview(form: FormOptions): Promise<void> {
    this.current.abort();
    const { signal } = (this.current = new AbortController());
    const options = { ...(await modelOptions(this.model)), ...checked(form) };
    const preview = await this.engines.viewer
      .request(PreviewData, { model: this.model, options }, { signal })
      .catch(quiet);
    if (!preview || signal.aborted) return;
    this.post({ type: 'preview', data: options.data ?? null, preview });
    this.available = preview.samples;
    void this.estimate(form);
    if (preview.fault) return;
    this.post({ type: 'loss', loss: { kind: 'measuring' } });
    const loss = await this.lossAtWeights(options, signal);
    // A newer preview tells its own loss.
    if (signal === this.current.signal) this.post({ type: 'loss', loss });
  }

  /** Tells the expected time for the samples and parts that are chosen. */
  private async estimate(form: FormOptions): Promise<void> {
    this.estimating.abort();
    const { signal } = (this.estimating = new AbortController());
    const time = await this.expectedTime(form, signal).catch(() => null);
    if (!signal.aborted) this.post({ type: 'time', time });
  }

  private async expectedTime(form: FormOptions, signal: AbortSignal): Promise<ExpectedTime | null> {
    const options = { ...(await modelOptions(this.model)), ...checked(form) };
    const available = this.available ?? options.samples ?? SAMPLES_OF_NO_DATA;
    const { time } = await this.engines.scout.request(
      ExpectTime,
      { model: this.model, options, available },
      { signal },
    );
    return time;
  }

  private async lossAtWeights(options: AnalysisOptions, signal: AbortSignal): Promise<LossAtWeights> {
    const samples = Math.min(options.samples ?? SAMPLES, SAMPLES);
    const only: AnalysisOptions = { ...options, only: ['loss'], preset: 'quick', samples, provider: 'cpu' };
    try {
      const { objective } = await this.engines.viewer.request(
        Analyze,
        { model: this.model, options: only },
        { signal },
      );
      if (!objective) return { kind: 'failed', what: t('The loss was not measured.') };
      const finite = (value: number | undefined): number | null => (Number.isFinite(value) ? value! : null);
      return {
        kind: 'measured',
        function: objective.function,
        loss: finite(objective.loss),
        standardError: finite(objective.standardError),
        samples: objective.samples,
        chanceLoss: finite(objective.chanceLoss),
        accuracy: finite(objective.accuracy),
        chanceAccuracy: finite(objective.chanceAccuracy),
      };
    } catch (error) {
      const { kind, what, action } = failureOf(error);
      return kind === 'cancelled' ? { kind: 'cancelled' } : { kind: 'failed', what, action };
    }
  }
}

/** Checks the options of the form by the table of options. An option that is null becomes undefined. */
function checked(form: FormOptions): AnalysisOptions {
  const given = Object.fromEntries(Object.entries(form).filter(([, value]) => value !== null));
  const removed = Object.fromEntries(Object.keys(form).map((name) => [name, undefined]));
  return { ...removed, ...parseOptions(given, t('this form'), SIDECAR_OPTIONS) };
}

function failureOf(error: unknown): Failure {
  return error instanceof RequestFailure ? error.failure : failureFrom(error);
}

/** A request that was cancelled has no result; every other failure is told. */
function quiet(error: unknown): undefined {
  if (error instanceof RequestFailure && error.failure.kind === 'cancelled') return undefined;
  throw error;
}
