import { UserError } from '../errors';
import type { OnnxValueInfo } from '../onnx/model';

/** An input that nothing can be computed from: text, a sequence or a map, or a tensor of which the file says too little. */
export function unusableInput({ name, type, dtype }: OnnxValueInfo, path: string): UserError {
  const untyped = dtype !== null || type === 'unknown';
  return new UserError({
    what: untyped
      ? `The input «${name}» has no fixed element type or rank.`
      : `The input «${name}» is ${type}; inputs must be tensors of numbers or booleans.`,
    where: [path],
    action: untyped
      ? 'Export the model with typed inputs.'
      : 'Export only the part of the model that works on numbers.',
  });
}
