import type { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import { z } from 'zod';
import { reportToJson } from '../report/json';
import { reportMarkdown } from '../report/markdown/reportMarkdown';
import { answered, refusal, textAnswer } from './answers';
import { brief } from './brief';
import type { KnownReports } from './knownReports';

/** Longest answer in characters. Agents pay for every character that they read. */
const LONGEST = 60_000;

export function reportTool(server: McpServer, reports: KnownReports): void {
  server.registerTool(
    'get_report',
    {
      title: 'Read a landscape report',
      description:
        'Shows a finished report: its verdicts and figures as Markdown, or one section as JSON, with the ends of long lists: objective, gradient, spectrum, lines, planes, dynamics, optimizers, diagnostics, checks and others.',
      inputSchema: {
        report: z.string().describe('Path of a model that was analysed in this session, or of a report in JSON.'),
        section: z.string().optional().describe('Name of a section; without it, the summary.'),
      },
      annotations: { readOnlyHint: true, openWorldHint: false },
    },
    ({ report: path, section }) =>
      answered(async () => {
        const report = await reports.of(path);
        if (section === undefined) return textAnswer(reportMarkdown(report));
        const content = (JSON.parse(reportToJson(report)) as Record<string, unknown>)[section];
        if (content === undefined) {
          const has = Object.keys(report).join(', ');
          return refusal(`This report has no section «${section}». It has ${has}.`);
        }
        const text = JSON.stringify(brief(content));
        if (text.length <= LONGEST) return textAnswer(text);
        return textAnswer(
          `${text.slice(0, LONGEST)}\n… cut after ${LONGEST} of ${text.length} characters. Write the whole report to a file with: ridgeline analyze MODEL --output FILE.json`,
        );
      }),
  );
}
