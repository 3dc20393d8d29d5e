import { Command } from 'commander';
import { figure } from '../diagnostics/figure';
import { columns } from './columns';
import { paintFor } from './paint';

export function providersCommand(): Command {
  return new Command('providers')
    .description('The execution providers of this machine, tried out, with their speed.')
    .action(async () => {
      const analysis = await import('../analysis/providers');
      const { providers, chosen, reason } = await analysis.providers();
      const paint = paintFor(process.stdout, process.env);
      const rows = providers.map(({ name, available, device, gflops, error, bits }) => [
        name === chosen ? '→' : ' ',
        name,
        available ? `${figure(gflops)} GFLOP/s` : 'not available',
        available ? `differs from CPU by ${figure(error, 1)}` : '',
        available ? `${bits} of 24 bits` : '',
        device,
      ]);
      const lines = columns(rows).map((line, i) => (providers[i].available ? line : paint.dim(line)));
      process.stdout.write(`${lines.join('\n')}\n\n"auto" takes ${chosen}: ${reason}\n`);
    });
}
