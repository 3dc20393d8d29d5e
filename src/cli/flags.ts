import { InvalidArgumentError, Option } from 'commander';
import type { Command } from 'commander';
import { UserError } from '../errors';
import type { AnalysisOptions } from '../options/options';
import { parseValue } from '../options/parse';
import { kebabCase, OPTIONS } from '../options/table';
import type { OptionRow } from '../options/table';

/** Adds a flag for every option that the command takes, or only for the options in `names`. */
export function addFlags(command: Command, names?: readonly (keyof AnalysisOptions)[]): Command {
  for (const row of OPTIONS) {
    if (names ? !names.includes(row.name) : row.commands && !row.commands.includes(command.name())) continue;
    const flag = `--${kebabCase(row.name)}`;
    const option = new Option(row.kind === 'flag' ? flag : `${flag} <${row.placeholder}>`, helpOf(row));
    if (row.kind !== 'flag') option.argParser((text: string, before: unknown) => parseFlag(row, flag, text, before));
    command.addOption(option);
  }
  return command;
}

/** Returns only the options that were set on the command line. */
export function flagsOf(command: Command): AnalysisOptions {
  return command.opts<AnalysisOptions>();
}

/** Builds the help text of one option with its choices and its default. */
export function helpOf(row: OptionRow): string {
  const choices = row.choices ? ` ${row.kind === 'choices' ? 'Any of' : 'One of'} ${row.choices.join(', ')}.` : '';
  const repeat = row.repeated || row.kind === 'map' ? ' Repeatable.' : '';
  const byDefault = row.default === undefined || row.default === false ? '' : ` Default: ${String(row.default)}.`;
  const commands = row.commands ? ` For ${row.commands.join(' and ')}.` : '';
  return row.help + choices + repeat + byDefault + commands;
}

/** Parses one use of a flag. A repeated flag extends a list or a map, and replaces any other value. */
function parseFlag(row: OptionRow, flag: string, text: string, before: unknown): unknown {
  switch (row.kind) {
    case 'integer':
    case 'number':
      return parseValue(row, text.trim() === '' || Number.isNaN(Number(text)) ? text : Number(text), flag);
    case 'choices':
    case 'list': {
      const items = row.repeated ? [text] : text.split(',').map((item) => item.trim());
      const list = parseValue(row, items, flag) as string[];
      return [...new Set([...((before as string[] | undefined) ?? []), ...list])];
    }
    case 'map': {
      const [, name, key] = /^([^=]+)=(.+)$/s.exec(text) ?? [];
      if (!name || !key) {
        throw new UserError({
          what: `Cannot read «${text}».`,
          where: [flag],
          action: `Write ${flag} ${row.placeholder}, for example ${flag} input=x_train or ${flag} temperature=2.`,
        });
      }
      return { ...(before as Record<string, string> | undefined), [name]: key };
    }
    case 'flag':
      throw new InvalidArgumentError(`${flag} takes no value.`);
    default:
      return parseValue(row, text, flag);
  }
}
