import type { Precision } from '../../options/options';
import type { Objective } from '../objective';
import { formatNumber, formatPercent } from '../../text/numbers';

/**
 * Largest differences between a device and the CPU in the loss, the gradient, and a Hessian product, whose kinks may
 * fall either way.
 */
const ALLOWED: Record<Precision, { loss: number; gradient: number; hessian: number }> = {
  float32: { loss: 1e-4, gradient: 1e-3, hessian: 1e-2 },
  reduced: { loss: 1e-2, gradient: 5e-2, hessian: 1e-1 },
};
/** A loss smaller than this is compared absolutely. */
const SMALL_LOSS = 1e-3;

/** The result of comparing a few quantities from a device with those from the CPU. */
export interface Agreement {
  /** Why the device cannot be trusted; null where it can. */
  objection: string | null;
  /** ‖Hg − (Hg)′‖/‖Hg‖, g the gradient; null where it was not measured. */
  productError: number | null;
}

/**
 * Computes the same few quantities on a device and on the CPU. Kernels of accelerators can have errors that depend on
 * shapes, so a device that multiplies matrices correctly may still be wrong for a particular model. Therefore each
 * model is tested.
 * @param derivatives whether the model can be differentiated
 */
export async function agreement(
  device: Objective,
  cpu: Objective,
  { derivatives, precision, signal }: { derivatives: boolean; precision: Precision; signal?: AbortSignal },
): Promise<Agreement> {
  const allowed = ALLOWED[precision];
  const refused = (objection: string): Agreement => ({ objection, productError: null });
  try {
    const [found, expected] = [await device.value({ signal }), await cpu.value({ signal })];
    const off = Math.abs(found.loss - expected.loss) / Math.max(Math.abs(expected.loss), SMALL_LOSS);
    if (!(off <= allowed.loss))
      return refused(`its loss is ${formatNumber(found.loss, 5)}, the CPU's ${formatNumber(expected.loss, 5)}`);
    if (!derivatives) return { objection: null, productError: null };
    const gradient = await cpu.gradient({ signal });
    const gradientOff = distance(await device.gradient({ signal }), gradient);
    if (!(gradientOff <= allowed.gradient))
      return refused(`its gradient differs from the CPU's by ${formatPercent(gradientOff)}`);
    const [product] = await device.products('hessian', [gradient], { signal });
    const [expectedProduct] = await cpu.products('hessian', [gradient], { signal });
    const productError = distance(product, expectedProduct);
    return productError <= allowed.hessian
      ? { objection: null, productError }
      : refused(`its Hessian product differs from the CPU's by ${formatPercent(productError)}`);
  } catch (fault) {
    signal?.throwIfAborted();
    return refused(`it fails on this model: ${(fault as Error).message.split('\n')[0]}`);
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
