import { readFileSync } from 'node:fs';
import { arch, cpus, platform } from 'node:os';

/** What decides which kernels and layouts the runtime takes: the processor's name and, where the system tells, its instructions. */
export function processor(): string {
  return [platform(), arch(), cpus()[0]?.model.trim() ?? '', instructions()].join('; ');
}

/** Machines in a cloud call processors of several generations by one name. */
function instructions(): string {
  if (platform() !== 'linux') return '';
  try {
    const line = /^(?:flags|Features)\s*:\s*(.*)$/m.exec(readFileSync('/proc/cpuinfo', 'utf8'));
    return line ? line[1] : '';
  } catch {
    // Without it the name alone has to do.
    return '';
  }
}
