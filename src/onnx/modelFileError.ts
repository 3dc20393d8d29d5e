import { UserError } from '../errors';

/** The model file cannot be read: it is missing, not ONNX, damaged, too old, or without its weights. */
export class ModelFileError extends UserError {}

export const EXPORT_AGAIN = 'Copy the file again, or export the model again.';
