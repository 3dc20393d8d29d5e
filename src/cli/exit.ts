import { CommanderError } from 'commander';
import { formatError, UserError } from '../errors';
import { shownSentence } from '../foreignText';

/** Exit codes for scripts and CI jobs. */
export const EXIT = { done: 0, ourFault: 1, wrongInput: 2, failOn: 3, lostRank: 75, interrupted: 130 } as const;

/** Prints on stderr what went wrong, and returns the exit code. */
export function report(error: unknown, stderr: (text: string) => void): number {
  // Commander has already printed its message.
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.done : EXIT.wrongInput;
  if (error instanceof UserError) {
    stderr(`${formatError(error)}\n`);
    return EXIT.wrongInput;
  }
  const stack = stackLines(error).map(shownSentence).join('\n');
  stderr(
    `Ridgeline failed because of an internal error; this is not your fault.\n${stack}\n` +
      '  → Please report it with these lines and the command, and with the model if you can share it.\n',
  );
  return EXIT.ourFault;
}

/** Splits an error into lines: first the message, which may contain names from files, then the stack frames. */
function stackLines(error: unknown): string[] {
  if (!(error instanceof Error)) return [String(error)];
  const { message, name, stack = '' } = error;
  const calls = stack.split('\n').filter((line) => /^\s+at /.test(line) && !message.includes(line));
  return [`${name}: ${message}`, ...calls];
}

/** Rewrites a message of Commander, such as `error: unknown option '--x'`, in the format of our own errors. */
export function usageError(text: string, command: string): string {
  const [first = '', ...rest] = text.trim().split('\n');
  const sentence = first.replace(/^error: /, '').replace(/\.$/, '');
  const hint = rest.map((line) => line.replace(/^\((.*)\)$/, '$1')).join(' ');
  return `${formatError({
    what: `${sentence.charAt(0).toUpperCase()}${sentence.slice(1)}.`,
    where: [`command line of ${command}`],
    action: `${hint ? `${hint} ` : ''}See ${command} --help.`,
  })}\n`;
}
