import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { AGENT_OPTIONS } from '../client/agent/agentOptions';
import { OPTIONS } from '../options/table';
import type { Actions } from './actions';
import { commandTable } from './commands';
import { settingsContribution } from './settings';

const { contributes } = JSON.parse(readFileSync('package.json', 'utf8')) as {
  contributes: {
    commands: { command: string }[];
    menus: Record<string, { command?: string }[]>;
    configuration: { properties: Record<string, object> };
    viewsWelcome: { contents: string }[];
    jsonValidation: { url: string }[];
    languageModelTools: { name: string; inputSchema: { properties: Record<string, { enum?: string[] }> } }[];
  };
};
const commands = contributes.commands.map(({ command }) => command);

describe('contributes in package.json', () => {
  it('lists exactly the commands of the table', () => {
    // Only the ids are read; no command is run.
    const table = commandTable({} as Actions);
    expect([...commands].sort()).toEqual(Object.keys(table).sort());
  });

  it('lists exactly the settings of the options table', () => {
    expect(contributes.configuration.properties).toEqual(settingsContribution());
  });

  it('names only existing commands in menus and links', () => {
    const inMenus = Object.values(contributes.menus).flatMap((items) => items.flatMap(({ command }) => command ?? []));
    const inLinks = contributes.viewsWelcome.flatMap(({ contents }) =>
      [...contents.matchAll(/command:([\w.]+)/g)].map((match) => match[1]),
    );
    for (const command of [...inMenus, ...inLinks]) expect(commands).toContain(command);
  });

  it('names an existing schema', () => {
    for (const { url } of contributes.jsonValidation) expect(() => readFileSync(url)).not.toThrow();
  });

  it('lets agents set what the options allow', () => {
    const analyze = contributes.languageModelTools.find(({ name }) => name === 'ridgeline_analyze_landscape')!;
    const options = analyze.inputSchema.properties;
    expect(Object.keys(options)).toEqual(['model', ...AGENT_OPTIONS]);
    const choices = (name: string) => OPTIONS.find((row) => row.name === name)!.choices;
    for (const name of ['loss', 'preset']) expect(options[name]!.enum).toEqual(choices(name));
  });
});
