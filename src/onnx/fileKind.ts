/** The kind of a file that is not an ONNX model, and how to get a model from it. */
export interface OtherFile {
  what: string;
  action: string;
}

const EXPORT_PYTORCH =
  'Export the network in Python with torch.onnx.export(model, example, "model.onnx") and open that file.';
const CONVERT_KERAS = 'Convert it with tf2onnx (python -m tf2onnx.convert) and open the result.';
const OPEN_ONNX = 'Open the .onnx file of the model.';
const AS_DATA = 'Open the .onnx file, and give this file as data.';

/** Signatures (as Latin-1), `at` bytes from the start of a file; the first match counts. */
const signatures: readonly (OtherFile & { begins: string; at?: number })[] = [
  {
    begins: 'version https://git-lfs.github.com/spec/',
    what: 'This is a Git LFS pointer: the model itself was not downloaded.',
    action: 'Run "git lfs pull" in the repository, or download the file itself.',
  },
  {
    begins: '\x89HDF\r\n\x1a\n',
    what: 'This is an HDF5 file, probably written by Keras.',
    action: CONVERT_KERAS,
  },
  {
    begins: 'TFL3',
    at: 4,
    what: 'This is a TensorFlow Lite model.',
    action: 'Convert it with tf2onnx (python -m tf2onnx.convert --tflite FILE).',
  },
  {
    begins: 'ORTM',
    at: 4,
    what: 'This is a model in the ORT format of ONNX Runtime.',
    action: 'Open the .onnx file it was made from.',
  },
  { begins: 'GGUF', what: 'This is a GGUF file of quantized weights.', action: OPEN_ONNX },
  { begins: '\x93NUMPY', what: 'This is a NumPy array.', action: AS_DATA },
  { begins: '\x1f\x8b', what: 'This is a gzip archive.', action: 'Unpack it and open the .onnx file inside.' },
];

/** The name of the first file in a zip archive reveals its kind. */
const archives: readonly (OtherFile & { holds: RegExp })[] = [
  {
    holds: /\/(data\.pkl|\.format_version|byteorder|version)/,
    what: 'This is a PyTorch file written by torch.save or torch.jit.save.',
    action: EXPORT_PYTORCH,
  },
  { holds: /\.npy/, what: 'This is a NumPy archive (.npz).', action: AS_DATA },
  { holds: /metadata\.json|config\.json|model\.weights\.h5/, what: 'This is a Keras file.', action: CONVERT_KERAS },
  { holds: /^/, what: 'This is a zip archive.', action: 'Unpack it and open the .onnx file inside.' },
];

/** Enough for every signature and for telling text. */
const HEAD = 1024;

/** Recognises files that are often mistaken for a model, by their first bytes; null if the file may be ONNX. */
export function otherFile(bytes: Uint8Array): OtherFile | null {
  const text = Buffer.from(bytes.subarray(0, HEAD)).toString('latin1');
  const known = signatures.find(({ begins, at = 0 }) => text.startsWith(begins, at));
  if (known) return known;
  if (text.startsWith('PK\x03\x04')) return archives.find(({ holds }) => holds.test(text))!;
  if (bytes[0] === 0x80 && bytes[1] >= 2 && bytes[1] <= 5) {
    return { what: 'This is a Python pickle, probably written by torch.save.', action: EXPORT_PYTORCH };
  }
  if (isSafetensors(bytes)) {
    return { what: 'This is a safetensors file: weights without a network.', action: EXPORT_PYTORCH };
  }
  if ([...text].every((char) => char === '\0')) {
    return { what: 'The file begins with nothing but zeros.', action: 'Download or copy it again.' };
  }
  return textFile(text);
}

/** Eight bytes of header length, then a JSON object. */
function isSafetensors(bytes: Uint8Array): boolean {
  if (bytes.length < 10 || bytes[8] !== 0x7b) return false;
  const header = new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true);
  return header >= 2n && header <= BigInt(bytes.length - 8);
}

/** An ONNX model starts with control characters (its tags and lengths), which text does not have. */
function textFile(text: string): OtherFile | null {
  if ([...text].some((char) => char < ' ' && !'\t\n\r\f'.includes(char))) return null;
  if (/^\s*(<!doctype html|<html)/i.test(text)) {
    return { what: 'This is a web page.', action: 'Download the file itself, not the page that shows it.' };
  }
  return { what: 'This is a text file, not an ONNX model.', action: OPEN_ONNX };
}
