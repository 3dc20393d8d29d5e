// Runs commands, and stages of tests two at a time.
import { spawn } from 'node:child_process';
import { constants, setPriority } from 'node:os';
import { root } from './install.mjs';

/**
 * Runs stages two at a time: one that computes beside one that mostly waits. Where one kind is done, its place is taken
 * by the last of the other kind.
 * @param computing names, in order
 * @param waiting names, in order
 * @param stage runs a stage to its end, by name
 */
export async function sideBySide(computing, waiting, stage) {
  const [first, second] = [[...computing], [...waiting]];
  const place = async (own, other) => {
    while (own.length + other.length > 0) await stage(own.shift() ?? other.pop());
  };
  await Promise.all([place(first, second), place(second, first)]);
}

/**
 * Runs a command in the repository's root.
 * @param yields lets the processes of stages that wait go first, so that a window answers as if nothing ran beside it
 * @returns its exit code and what it printed
 */
export function run([command, ...args], { yields = false } = {}) {
  return new Promise((done, failed) => {
    const child = spawn(command, args, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] });
    if (yields && child.pid !== undefined) setPriority(child.pid, constants.priority.PRIORITY_BELOW_NORMAL);
    let output = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (text) => (output += text));
    child.once('error', failed);
    child.once('close', (code) => done({ code, output }));
  });
}
