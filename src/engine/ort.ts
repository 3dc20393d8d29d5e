import { createRequire } from 'node:module';
import type * as Runtime from 'onnxruntime-node';

// The runtime reads this once, when its library is loaded. Without it, the library looks up a telemetry host and writes a
// device id, graph names and timings into the person's cache folder. An import statement would be evaluated first, wherever
// it stood; `require` runs in the order in which it is written.
process.env.ORT_DISABLE_TELEMETRY = '1';

/** ONNX Runtime. Only this file loads it; everybody else imports its types alone, which a test checks. */
export const ort = createRequire(__filename)('onnxruntime-node') as typeof Runtime;
