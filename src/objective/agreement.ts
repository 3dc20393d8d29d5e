import type { Objective } from './objective';

/** How far a device may be from the CPU: the loss, the gradient, and a Hessian product, where a kink may fall either way. */
const ALLOWED = { loss: 1e-4, gradient: 1e-3, hessian: 1e-2 };
/** A loss this small is compared absolutely. */
const SMALL_LOSS = 1e-3;

/**
 * Runs the same few figures on a device and on the CPU. Kernels of accelerators have faults that depend on shapes, so
 * a device that multiplies matrices rightly may still be wrong for this very model: it is asked about this one.
 * @param derivatives whether the model has them
 * @returns why the device is not to be trusted, or null
 */
export async function disagreement(
  device: Objective,
  cpu: Objective,
  derivatives: boolean,
  signal?: AbortSignal,
): Promise<string | null> {
  try {
    const [found, expected] = [await device.value(signal), await cpu.value(signal)];
    const off = Math.abs(found.loss - expected.loss) / Math.max(Math.abs(expected.loss), SMALL_LOSS);
    if (!(off <= ALLOWED.loss))
      return `its loss is ${found.loss.toPrecision(5)}, the CPU's ${expected.loss.toPrecision(5)}`;
    if (!derivatives) return null;
    const gradient = await cpu.gradient(signal);
    const gradientOff = distance(await device.gradient(signal), gradient);
    if (!(gradientOff <= ALLOWED.gradient)) return `its gradient differs from the CPU's by ${percent(gradientOff)}`;
    const [[product], [expectedProduct]] = [await device.hvp([gradient], signal), await cpu.hvp([gradient], signal)];
    const productOff = distance(product, expectedProduct);
    return productOff <= ALLOWED.hessian
      ? null
      : `its Hessian product differs from the CPU's by ${percent(productOff)}`;
  } catch (fault) {
    signal?.throwIfAborted();
    return `it fails on this model: ${(fault as Error).message.split('\n')[0]}`;
  }
}

/** ‖a − b‖/‖b‖, NaN where either is not finite; 0 for two zeros. */
function distance(a: Float32Array, b: Float32Array): number {
  let difference = 0;
  let size = 0;
  for (let i = 0; i < b.length; i++) {
    difference += (a[i] - b[i]) ** 2;
    size += b[i] ** 2;
  }
  return difference === 0 ? 0 : Math.sqrt(difference / size);
}

const percent = (share: number) => `${(100 * share).toPrecision(2)} %`;
