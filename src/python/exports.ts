import type { Bindings } from './bindings';
import { bindingsOf } from './bindings';
import type { Expression } from './expression';
import { ExpressionReader } from './expression';
import { dottedName, pathValue, withSuffix } from './pathValue';
import { tokensOf } from './tokens';

type Call = Expression & { kind: 'call' };

/** A call that writes an ONNX file. */
export interface OnnxExport {
  /** Where the call begins in the source. */
  at: number;
  /** The path as the program would have it, perhaps relative. */
  path: string;
}

/** The place of a path among the arguments of a call. */
interface PathArgument {
  position?: number;
  keywords: readonly string[];
}

/** Functions that write ONNX files, by their dotted names. */
const FUNCTIONS: Readonly<Record<string, PathArgument>> = {
  'torch.onnx.export': { position: 2, keywords: ['f'] },
  'onnx.save': { position: 1, keywords: ['f'] },
  'onnx.save_model': { position: 1, keywords: ['f'] },
  'onnxmltools.utils.save_model': { position: 1, keywords: ['file_path'] },
  'tf2onnx.convert.from_keras': { keywords: ['output_path'] },
  'tf2onnx.convert.from_function': { keywords: ['output_path'] },
  'tf2onnx.convert.from_graph_def': { keywords: ['output_path'] },
  'tf2onnx.convert.from_tflite': { keywords: ['output_path'] },
  'tf2onnx.convert.from_tfjs': { keywords: ['output_path'] },
  'jax2onnx.to_onnx': { keywords: ['output_path'] },
};

/** Methods that write ONNX files, whatever they are called on, where their path says so. */
const METHODS: Readonly<Record<string, PathArgument>> = {
  // PyTorch Lightning, skorch and others: model.to_onnx("model.onnx", …)
  to_onnx: { position: 0, keywords: ['file_path', 'output_path', 'path'] },
  // torch.onnx.ONNXProgram.save, spox and others.
  save: { position: 0, keywords: ['destination'] },
};

const ONNX = /\.onnx$/i;
/** Weights and descriptions from which ultralytics loads a model. */
const ULTRALYTICS = /\.(?:pt|ya?ml)$/i;

/**
 * Finds the calls that write an ONNX file whose path is known before the program runs: literals, f-strings and paths of
 * literals, and variables that are assigned once.
 * @param source the file, or one cell of a notebook
 * @param file name of the file, for `__file__`
 * @param others the other cells of the notebook
 */
export function onnxExportsIn(source: string, file = '', others: readonly string[] = []): OnnxExport[] {
  if (!/onnx/i.test(source)) return [];
  const tokens = tokensOf(source);
  const bindings = bindingsOf([tokens, ...others.map(tokensOf)]);
  const found: OnnxExport[] = [];
  const onCall = (call: Call): void => {
    const path = pathOf(call, bindings, file);
    if (path !== null && ONNX.test(path)) found.push({ at: call.at, path });
  };
  const reader = new ExpressionReader(tokens, 0, onCall);
  while (reader.index < tokens.length) {
    const before = reader.index;
    reader.read();
    if (reader.index === before) reader.index++;
  }
  // A call inside the arguments of another is found first.
  return found.sort((a, b) => a.at - b.at);
}

function pathOf(call: Call, bindings: Bindings, file: string): string | null {
  const { callee, keywords } = call;
  const valueOf = (expression: Expression): string | null => pathValue(expression, bindings, file);
  const name = dottedName(callee, bindings);
  if (name !== null && name in FUNCTIONS) return argument(call, FUNCTIONS[name], valueOf);
  if (name === 'open' || (callee.kind === 'attribute' && callee.name === 'open'))
    return openedForWriting(call, valueOf);
  if (callee.kind !== 'attribute') return name === 'to_onnx' ? argument(call, METHODS['to_onnx'], valueOf) : null;
  if (callee.name === 'export') {
    const isOnnx = keywords['format'] !== undefined && valueOf(keywords['format'])?.toLowerCase() === 'onnx';
    if (!isOnnx) return null;
    // Keras names the file; ultralytics puts it beside the weights.
    const given = argument(call, { position: 0, keywords: ['filepath'] }, valueOf);
    return given ?? besideWeights(callee.of, bindings, valueOf);
  }
  return callee.name in METHODS ? argument(call, METHODS[callee.name], valueOf) : null;
}

function argument(
  { positional, keywords }: Call,
  { position, keywords: names }: PathArgument,
  valueOf: (expression: Expression) => string | null,
): string | null {
  const named = names.find((name) => keywords[name] !== undefined);
  const given = named === undefined ? position !== undefined && positional[position] : keywords[named];
  return given ? valueOf(given) : null;
}

/** `open("model.onnx", "wb")` and `Path("model.onnx").open("wb")`, as scikit-learn's converters are used. */
function openedForWriting({ callee, positional, keywords }: Call, valueOf: (of: Expression) => string | null) {
  const isMethod = callee.kind === 'attribute' && dottedName(callee, { imports: new Map() }) !== 'io.open';
  const [file, mode] = isMethod ? [callee.of, positional[0]] : [positional[0], positional[1]];
  const how = keywords['mode'] ?? mode;
  return file && how && valueOf(how)?.includes('w') ? valueOf(file) : null;
}

/** `YOLO("runs/best.pt").export(format="onnx")`, also through a variable. */
function besideWeights(of: Expression, { variables }: Bindings, valueOf: (of: Expression) => string | null) {
  const model = of.kind === 'name' ? variables.get(of.name) : of;
  const [weights] = model?.kind === 'call' ? model.positional : [];
  const path = weights ? valueOf(weights) : null;
  return path !== null && ULTRALYTICS.test(path) ? withSuffix(path, '.onnx') : null;
}
