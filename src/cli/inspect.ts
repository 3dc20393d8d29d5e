import { Command } from 'commander';
import type { inspect } from '../analysis/inspect';
import { shownThroughout } from '../foreignText';
import { columns } from './columns';
import { addFlags, flagsOf } from './flags';
import { paintFor } from './paint';
import type { Paint } from './paint';
import { optionsFor } from './request';

type Inspection = Awaited<ReturnType<typeof inspect>>;

export function inspectCommand(): Command {
  const command = new Command('inspect')
    .description(
      'List what is in the model, what can be differentiated and what an analysis would cost. Needs no data.',
    )
    .argument('<model>', 'the .onnx file')
    .action(async (model: string) => {
      const analysis = await import('../analysis/inspect');
      const options = await optionsFor(model, flagsOf(command));
      const inspection = await analysis.inspect(model, options);
      process.stdout.write(describe(inspection, paintFor(process.stdout, process.env)));
    });
  return addFlags(command, ['input', 'parameters', 'lossOutput', 'classAxis', 'preset', 'batch', 'memory']);
}

const SHOWN = 40;

/** The inspection as a person reads it. */
export function describe(inspected: Inspection, paint: Paint): string {
  const inspection = shownThroughout(inspected);
  const { cost, loss } = inspection;
  const blocks: [string, string[]][] = [
    [
      inspection.path,
      [
        paint.dim(
          `opset ${inspection.opset}, IR ${inspection.irVersion}, written by ${inspection.producer || 'an unnamed program'}`,
        ),
        `${count(inspection.parameterCount, 'parameter')} (${bytes(cost.parameterBytes)}), ${count(cost.nodes, 'node')}${cost.flopsPerSample === null ? '' : `, ${flops(cost.flopsPerSample)} per sample`}`,
      ],
    ],
    ['Cannot be measured as it is', inspection.refused === null ? [] : [paint.red(inspection.refused)]],
    ['Inputs', columns(inspection.inputs.map(({ name, type, shape }) => [name, type, shape]))],
    ['Outputs', columns(inspection.outputs.map(({ name, type, shape }) => [name, type, shape]))],
    [
      'Parameters',
      shortened(
        columns(
          inspection.parameters.map((p) => [p.name, `[${p.shape.join(', ')}]`, p.count.toLocaleString('en'), p.reason]),
          [2],
        ),
      ),
    ],
    [
      'Not parameters',
      shortened(columns(inspection.constants.map((c) => [c.name, `[${c.shape.join(', ')}]`, c.reason]))),
    ],
    [
      'Operators',
      columns(
        inspection.operators.map((o) => [o.operator, String(o.count), DERIVATIVE[o.derivative], o.note ?? '']),
        [1],
      ),
    ],
    [
      'Cannot be differentiated',
      [
        ...inspection.unsupported.map((node) => paint.red(`${node.operator} "${node.node}": ${node.reason}`)),
        ...inspection.stillWorks,
      ],
    ],
    // Without parameters there is nothing to analyse.
    ['Memory of an analysis', inspection.parameterCount > 0 && inspection.memory ? memoryLines(inspection.memory) : []],
    ['Time of an analysis', inspection.time === null ? [] : [inspection.time]],
    ['Loss', inspection.parameterCount > 0 && inspection.refused === null ? [lossLine(loss)] : []],
    ['Warnings', inspection.warnings.map(paint.yellow)],
  ];
  return `${blocks
    .filter(([, lines]) => lines.length > 0)
    .map(([title, lines]) => [paint.bold(title), ...lines.map((line) => `  ${line}`)].join('\n'))
    .join('\n\n')}\n`;
}

function lossLine(loss: Inspection['loss']): string {
  return loss ? `${loss.loss}: ${loss.reason}` : 'The graph does not determine it; name one with --loss.';
}

function memoryLines(memory: NonNullable<Inspection['memory']>): string[] {
  const { total, weights, graphs, basis, residualsPerBatch, samplesPerBatch, machine } = memory;
  const samples = count(samplesPerBatch, 'sample');
  return [
    `up to about ${bytes(total)} of ${bytes(machine)}: weights ${bytes(weights)}, derived graphs ${bytes(graphs)}, Lanczos vectors ${bytes(basis)},`,
    `results kept between Hessian products ${bytes(residualsPerBatch)} for each batch of ${samples}, as far as memory goes`,
  ];
}

const DERIVATIVE = { yes: 'differentiable', flat: 'zero derivative', no: 'no derivative' } as const;

function shortened(lines: string[]): string[] {
  return lines.length <= SHOWN ? lines : [...lines.slice(0, SHOWN), `and ${lines.length - SHOWN} more`];
}

function count(n: number, thing: string): string {
  return `${n.toLocaleString('en')} ${thing}${n === 1 ? '' : 's'}`;
}

function bytes(n: number): string {
  const unit =
    n < 2 ** 20 ? (['KiB', 2 ** 10] as const) : n < 2 ** 30 ? (['MiB', 2 ** 20] as const) : (['GiB', 2 ** 30] as const);
  return `${(n / unit[1]).toFixed(1)} ${unit[0]}`;
}

function flops(n: number): string {
  if (n < 1e6) return `${(n / 1e3).toFixed(1)} kFLOP`;
  return n < 1e9 ? `${(n / 1e6).toFixed(1)} MFLOP` : `${(n / 1e9).toFixed(1)} GFLOP`;
}
