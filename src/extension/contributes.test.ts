import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { AGENT_OPTIONS } from '../client/agent/agentOptions';
import { OPTIONS } from '../options/table';
import type { Actions } from './actions';
import { commandTable } from './commands';
import { SAMPLES } from './samples';
import { settingsContribution } from './settings';

// Texts are keys of package.nls.json, as the editor resolves them.
const texts = JSON.parse(readFileSync('package.nls.json', 'utf8')) as Record<string, string>;
const manifest = readFileSync('package.json', 'utf8').replace(/"%([\w.-]+)%"/g, (_, key: string) =>
  JSON.stringify(texts[key]),
);
const { contributes } = JSON.parse(manifest) as {
  contributes: {
    commands: { command: string }[];
    menus: Record<string, { command?: string }[]>;
    configuration: { properties: Record<string, object> };
    viewsWelcome: { contents: string }[];
    walkthroughs: { steps: WalkthroughStep[] }[];
    jsonValidation: { url: string }[];
    languageModelTools: { name: string; inputSchema: { properties: Record<string, { enum?: string[] }> } }[];
  };
};
interface WalkthroughStep {
  id: string;
  description: string;
  media: { image?: Record<string, string>; markdown?: string; altText?: string };
  completionEvents: string[];
}
const steps = contributes.walkthroughs.flatMap((walkthrough) => walkthrough.steps);
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

  it('leads through the walkthrough by existing commands, pictures and samples', () => {
    const own = (text: string) =>
      [...text.matchAll(/\b(?:command|onCommand):(ridgeline\.\w+)/g)].map((match) => match[1]);
    for (const { id, description, media, completionEvents } of steps) {
      for (const command of own([description, ...completionEvents].join(' '))) expect(commands, id).toContain(command);
      // A step is done by doing it. Looking is enough only where nothing tells that it was done.
      expect(completionEvents.length, id).toBeGreaterThan(0);
      const files = media.markdown ? [media.markdown] : Object.values(media.image!);
      for (const file of files) expect(existsSync(file), file).toBe(true);
      if (media.image) expect(Object.keys(media.image).sort()).toEqual(['dark', 'hc', 'hcLight', 'light']);
      const [, sample] = /openSample\?(\S+?)\)/.exec(description) ?? [];
      if (sample) expect(SAMPLES.map(({ name }) => [name])).toContainEqual(JSON.parse(decodeURIComponent(sample)));
    }
    expect(steps).toHaveLength(7);
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
