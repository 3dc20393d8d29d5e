import { Command } from 'commander';
import { analyzeCommand } from './analyze';
import { compareCommand } from './compare';
import { EXIT, report, usageError } from './exit';
import { inspectCommand } from './inspect';
import { jobsCommand } from './jobs';
import { mcpCommand } from './mcp';
import { partCommand } from './part';
import { pathCommand } from './path';
import { providersCommand } from './providers';
import { rankCommand } from './rank';
import { verifyCommand } from './verify';
import { endWithParent } from './warmProcess';
import { version } from '../../package.json';

void main(process.argv);

async function main(argv: readonly string[]): Promise<void> {
  endWithParent();
  leaveWithTheReader();
  const program = new Command('ridgeline')
    .description('Diagnose the loss landscape of an ONNX model, with exact gradients and Hessians from the file alone.')
    .version(version)
    .showSuggestionAfterError();
  program.addCommand(analyzeCommand());
  program.addCommand(compareCommand());
  program.addCommand(inspectCommand());
  program.addCommand(verifyCommand());
  program.addCommand(pathCommand());
  program.addCommand(providersCommand());
  program.addCommand(jobsCommand());
  program.addCommand(mcpCommand());
  program.addCommand(partCommand(), { hidden: true });
  program.addCommand(rankCommand(), { hidden: true });
  for (const command of [program, ...program.commands]) {
    const name = command === program ? 'ridgeline' : `ridgeline ${command.name()}`;
    command.exitOverride();
    command.configureOutput({ outputError: (text, write) => write(usageError(text, name)) });
  }
  // process.exit would cut off output that a pipe has not taken yet, so only the code is set.
  process.exitCode = await program.parseAsync(argv).then(
    () => process.exitCode ?? EXIT.done,
    (error: unknown) => report(error, (text) => process.stderr.write(text)),
  );
}

/** Exits quietly when the reader closes the pipe early, as in `ridgeline … | head`. */
function leaveWithTheReader(): void {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(EXIT.done);
    throw error;
  });
}
