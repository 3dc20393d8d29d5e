import { Command } from 'commander';
import type { inspect } from '../analysis/inspect';
import { shownThroughout } from '../foreignText';
import { counted, formatExactCount } from '../text/counts';
import { formatBytes, formatFlops } from '../text/sizes';
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

/** Formats the inspection for the terminal. */
function describe(inspected: Inspection, paint: Paint): string {
  const inspection = shownThroughout(inspected);
  const { cost, loss } = inspection;
  const blocks: [string, string[]][] = [
    [
      inspection.path,
      [
        paint.dim(
          `opset ${inspection.opset}, IR ${inspection.irVersion}, written by ${inspection.producer || 'an unnamed program'}`,
        ),
        `${counted(inspection.parameterCount, 'parameter')} (${formatBytes(cost.parameterBytes)}), ${counted(cost.nodes, 'node')}${cost.flopsPerSample === null ? '' : `, ${formatFlops(cost.flopsPerSample)} per sample`}`,
      ],
    ],
    ['Cannot be measured as it is', inspection.refused === null ? [] : [paint.red(inspection.refused)]],
    ['Inputs', columns(inspection.inputs.map(({ name, type, shape }) => [name, type, shape]))],
    ['Outputs', columns(inspection.outputs.map(({ name, type, shape }) => [name, type, shape]))],
    [
      'Parameters',
      shortened(
        columns(
          inspection.parameters.map((p) => [
            p.label ? `${p.label} (${p.name})` : p.name,
            `[${p.shape.join(', ')}]`,
            formatExactCount(p.count),
            p.reason,
          ]),
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
        inspection.operators.map((o) => [
          o.operator,
          formatExactCount(o.count),
          DERIVATIVE[o.derivative],
          o.note ?? '',
        ]),
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
    // A model without parameters has nothing to analyse.
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
  const samples = counted(samplesPerBatch, 'sample');
  return [
    `up to about ${formatBytes(total)} of ${formatBytes(machine)}: weights ${formatBytes(weights)}, derived graphs ${formatBytes(graphs)}, Lanczos vectors ${formatBytes(basis)},`,
    `results kept between Hessian products ${formatBytes(residualsPerBatch)} for each batch of ${samples}, as far as memory goes`,
  ];
}

const DERIVATIVE = { yes: 'differentiable', flat: 'zero derivative', no: 'no derivative' } as const;

function shortened(lines: string[]): string[] {
  return lines.length <= SHOWN ? lines : [...lines.slice(0, SHOWN), `and ${lines.length - SHOWN} more`];
}
