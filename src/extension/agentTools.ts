import { isAbsolute, join } from 'node:path';
import * as vscode from 'vscode';
import { expectedSecondsOf, optionsOfCall, withFoundData } from '../client/agent/agentOptions';
import type { AgentOptions } from '../client/agent/agentOptions';
import { inspectionText } from '../client/agent/inspectionText';
import { reportText } from '../client/agent/reportText';
import type { EngineClient } from '../client/engineClient';
import { RequestFailure } from '../client/engineClient';
import { formatError, UserError } from '../errors';
import type { AnalysisOptions } from '../options/options';
import { pathsBelow } from '../options/sidecar';
import { failureFrom } from '../protocol/failure';
import { spokenInEditor } from '../protocol/spokenInEditor';
import { formatExpectedSeconds } from '../text/time';
import type { Analyses } from './analyses';
import { modelOptions } from './modelOptions';
import type { Panels } from './panels';
import type { ReportStore } from './reportStore';
import { shownName } from './shownName';
import { t } from './translate';

interface Parts {
  scout: EngineClient;
  analyses: Analyses;
  panels: Panels;
  store: ReportStore;
}

interface ModelCall {
  model: string;
}

/** Offers inspection, analysis and reports to language models. An analysis shows its panel, as a person's does. */
export function registerAgentTools(parts: Parts): vscode.Disposable[] {
  return [
    vscode.lm.registerTool<ModelCall>('ridgeline_inspect_model', {
      prepareInvocation: ({ input }) => ({ invocationMessage: t('Inspecting {0}', shownName(input.model)) }),
      invoke: ({ input }, token) => answered(() => inspectionText(parts.scout, placeOf(input.model), signalOf(token))),
    }),
    vscode.lm.registerTool<ModelCall & AgentOptions>('ridgeline_analyze_landscape', {
      prepareInvocation: ({ input }, token) => confirmation(parts.scout, input, token),
      invoke: ({ input }, token) => answered(() => analyzed(parts, input, token)),
    }),
    vscode.lm.registerTool<ModelCall & { section?: string }>('ridgeline_get_report', {
      prepareInvocation: ({ input }) => ({ invocationMessage: t('Reading the report of {0}', shownName(input.model)) }),
      invoke: ({ input }) => answered(() => reported(parts, input)),
    }),
  ];
}

/** Says what will run and how long it takes, for the person who confirms it. */
async function confirmation(
  scout: EngineClient,
  input: ModelCall & AgentOptions,
  token: vscode.CancellationToken,
): Promise<vscode.PreparedToolInvocation> {
  const model = placeOf(input.model);
  // What cannot be read says so when the tool runs.
  const seconds = await expectedSeconds(scout, model, input, signalOf(token)).catch(() => null);
  const time = seconds === null ? '' : t(' It takes {0}.', formatExpectedSeconds(seconds));
  return {
    invocationMessage: t('Analysing the loss landscape of {0}', shownName(model)),
    confirmationMessages: {
      title: t('Analyse the loss landscape?'),
      message: t('Ridgeline will run {0} on its data.{1}', shownName(model), time),
    },
  };
}

async function expectedSeconds(
  scout: EngineClient,
  model: string,
  input: AgentOptions,
  signal: AbortSignal,
): Promise<number> {
  return expectedSecondsOf(scout, model, await optionsOf(scout, model, input, signal), signal);
}

/** Combines the options of the call with those of the model, and finds data where neither names any. */
async function optionsOf(
  scout: EngineClient,
  model: string,
  input: AgentOptions,
  signal: AbortSignal,
): Promise<AnalysisOptions> {
  const given = pathsBelow(folderOf(), optionsOfCall(input), 'ridgeline_analyze_landscape');
  return withFoundData(scout, model, { ...(await modelOptions(model)), ...given }, signal);
}

async function analyzed(
  { scout, analyses, panels }: Parts,
  input: ModelCall & AgentOptions,
  token: vscode.CancellationToken,
): Promise<string> {
  if (!vscode.workspace.isTrusted) {
    throw new UserError({
      what: t('This workspace is not trusted, so its models are inspected but not run.'),
      action: t('Ask the user to trust the workspace.'),
    });
  }
  const model = placeOf(input.model);
  const options = await optionsOf(scout, model, input, signalOf(token));
  token.onCancellationRequested(() => analyses.cancel(model));
  const failure = await analyses.run({ model, options }, () => undefined);
  if (failure) throw new RequestFailure(failure);
  const shown = panels.stateOf(model);
  if (shown?.kind !== 'report') throw new Error('The panel was closed before the analysis ended.');
  return reportText(spokenInEditor(shown.report));
}

async function reported({ store, panels }: Parts, { model, section }: ModelCall & { section?: string }) {
  const place = placeOf(model);
  const shown = panels.stateOf(place);
  const report = shown?.kind === 'report' ? shown.report : await store.latest(place);
  if (report) return reportText(spokenInEditor(report), section);
  throw new UserError({
    what: t('There is no report of this model.'),
    where: [place],
    action: t('Analyse it first, with ridgeline_analyze_landscape.'),
  });
}

/** A failure becomes an answer that the language model can act on. */
async function answered(work: () => Promise<string>): Promise<vscode.LanguageModelToolResult> {
  const text = await work().catch((error: unknown) =>
    formatError(error instanceof RequestFailure ? error.failure : failureFrom(error)),
  );
  return new vscode.LanguageModelToolResult([new vscode.LanguageModelTextPart(text)]);
}

/** A relative path starts at the first folder of the workspace. */
function placeOf(path: string): string {
  return isAbsolute(path) ? path : join(folderOf(), path);
}

function folderOf(): string {
  return vscode.workspace.workspaceFolders?.[0]?.uri.fsPath ?? process.cwd();
}

function signalOf(token: vscode.CancellationToken): AbortSignal {
  const controller = new AbortController();
  if (token.isCancellationRequested) controller.abort();
  token.onCancellationRequested(() => controller.abort());
  return controller.signal;
}
