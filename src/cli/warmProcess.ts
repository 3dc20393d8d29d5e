import { spawn } from 'node:child_process';
import { withWarmMemory } from '../options/warmMemory';

/** Commands that run a model many times. All others end before large memory pages pay off. */
const COMPUTING = new Set(['analyze', 'verify', 'compare', 'path', 'part']);
/** Signals that stop the program, and the signal that reports a new terminal size. */
const FORWARDED: readonly NodeJS.Signals[] = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGWINCH'];

/** @param argv node, program, command, … */
export function computes([, , command = '']: readonly string[]): boolean {
  return COMPUTING.has(command);
}

/** Returns the environment that the program needs; null if it has that already or the user chose another. */
export function warmEnvironment(given: NodeJS.ProcessEnv, platform = process.platform): NodeJS.ProcessEnv | null {
  const warm = withWarmMemory(given, platform);
  return warm === given ? null : warm;
}

/**
 * Runs this program again in another environment, and ends with the exit code or the signal of that second process.
 * The second process has a process group of its own. A terminal sends Ctrl-C to a whole group, so the process would
 * otherwise get each signal twice, and the second one would end it at once. If this process is killed, the channel
 * between the two closes, which ends the second process.
 * @param otherwise runs if the process cannot be started
 */
export function runWarm(env: NodeJS.ProcessEnv, otherwise: () => void): void {
  const child = spawn(process.execPath, [...process.execArgv, ...process.argv.slice(1)], {
    env,
    detached: true,
    stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
  });
  const forward = (signal: NodeJS.Signals) => void child.kill(signal);
  // Ctrl-Z stops both processes, and resuming wakes both.
  const stop = () => {
    child.kill('SIGSTOP');
    process.kill(process.pid, 'SIGSTOP');
  };
  const goOn = () => void child.kill('SIGCONT');
  for (const signal of FORWARDED) process.on(signal, forward);
  process.on('SIGTSTP', stop).on('SIGCONT', goOn);
  const letGo = () => {
    for (const signal of FORWARDED) process.off(signal, forward);
    process.off('SIGTSTP', stop).off('SIGCONT', goOn);
  };
  child.on('error', () => {
    letGo();
    otherwise();
  });
  child.on('exit', (code, signal) => {
    letGo();
    if (signal) process.kill(process.pid, signal);
    else process.exitCode = code ?? 1;
  });
}

/** Ends the second process when the first one is gone. The second process calls this at its start. */
export function endWithParent(): void {
  if (!process.channel) return;
  process.on('disconnect', () => process.exit(1));
  // Listening must not keep the process alive once its work is done.
  process.channel.unref();
}
