import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Actions } from './actions';
import { commandTable } from './commands';
import { settingsContribution } from './settings';

const { contributes } = JSON.parse(readFileSync('package.json', 'utf8')) as {
  contributes: {
    commands: { command: string }[];
    menus: Record<string, { command: string }[]>;
    configuration: { properties: Record<string, object> };
    viewsWelcome: { contents: string }[];
    jsonValidation: { url: string }[];
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
    const inMenus = Object.values(contributes.menus).flatMap((items) => items.map(({ command }) => command));
    const inLinks = contributes.viewsWelcome.flatMap(({ contents }) =>
      [...contents.matchAll(/command:([\w.]+)/g)].map((match) => match[1]),
    );
    for (const command of [...inMenus, ...inLinks]) expect(commands).toContain(command);
  });

  it('names an existing schema', () => {
    for (const { url } of contributes.jsonValidation) expect(() => readFileSync(url)).not.toThrow();
  });
});
