import { Command, Option } from 'commander';
import { UserError } from '../errors';
import { CUDA_NEEDS, planLines } from '../protocol/installText';
import type { InstallPlan } from '../protocol/worker';
import { formatNumber } from '../text/numbers';
import { sinkOf } from './measured';
import { columns } from './columns';
import { EXIT } from './exit';
import { softInterrupt } from './interrupt';
import { paintFor } from './paint';
import { progressLine } from './progress';

/** Providers whose libraries are not in the package and can be installed. */
const INSTALLABLE = ['cuda'];

export function providersCommand(): Command {
  return new Command('providers')
    .description('Try the execution providers of this machine and show their speed.')
    .addOption(
      new Option('--install <provider>', 'first download its libraries from nuget.org')
        .choices(INSTALLABLE)
        .conflicts('remove'),
    )
    .addOption(new Option('--remove <provider>', 'remove its libraries').choices(INSTALLABLE))
    .action(async ({ install, remove }: { install?: string; remove?: string }) => {
      if (remove) return removeCuda();
      if (install && !(await installCuda())) return;
      await printProviders();
    });
}

async function printProviders(): Promise<void> {
  const analysis = await import('../analysis/providers');
  const { providers, chosen, reason } = await analysis.providers();
  const paint = paintFor(process.stdout, process.env);
  const rows = providers.map(({ name, available, device, reason, gflops, error, bits }) => [
    name === chosen ? '→' : ' ',
    name,
    available ? `${formatNumber(gflops, 3)} GFLOP/s` : 'not available',
    available ? `differs from CPU by ${formatNumber(error, 1)}` : '',
    available ? `${bits} of 24 bits` : '',
    available ? device : reason,
  ]);
  const lines = columns(rows).map((line, i) => (providers[i].available ? line : paint.dim(line)));
  process.stdout.write(`${lines.join('\n')}\n\n"auto" takes ${chosen}: ${reason}\n`);
}

/** Installs the CUDA libraries. @returns false if the user stopped the installation */
async function installCuda(): Promise<boolean> {
  const libraries = await import('../analysis/providerLibraries');
  const { stderr } = process;
  const progress = progressLine(sinkOf(stderr));
  const interrupt = softInterrupt(() => progress.clear());
  try {
    const state = await libraries.cudaState(interrupt.signal);
    if (state.kind === 'installed') {
      stderr.write(`The CUDA libraries are installed already, in ${state.folder}.\n`);
      return true;
    }
    stderr.write(announcement(state.plan));
    await libraries.installCuda(state.plan, { signal: interrupt.signal, onProgress: (told) => progress.show(told) });
    progress.clear();
    stderr.write('Installed. "ridgeline providers --remove cuda" removes the libraries again.\n');
    return true;
  } catch (error) {
    progress.clear();
    if (!interrupt.signal.aborted || error instanceof UserError) throw error;
    stderr.write('Cancelled; nothing was kept.\n');
    process.exitCode = EXIT.interrupted;
    return false;
  } finally {
    interrupt.dispose();
  }
}

function announcement(plan: InstallPlan): string {
  const lines = columns(planLines(plan).map(([label, text]) => ['', label, text]));
  return [`Fetching the CUDA libraries of ONNX Runtime ${plan.version}`, ...lines, CUDA_NEEDS, ''].join('\n');
}

async function removeCuda(): Promise<void> {
  const libraries = await import('../analysis/providerLibraries');
  const { folder, removed } = await libraries.removeCuda();
  process.stdout.write(
    removed.length > 0
      ? `Removed ${removed.join(' and ')} from ${folder}.\n`
      : `There are no CUDA libraries in ${folder}.\n`,
  );
}
