import type { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import { z } from 'zod';
import { reportText } from '../client/agent/reportText';
import { answered, textAnswer } from './answers';
import type { KnownReports } from './knownReports';

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
    ({ report, section }) => answered(async () => textAnswer(reportText(await reports.of(report), section))),
  );
}
