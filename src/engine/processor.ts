import { readFileSync } from 'node:fs';
import { arch, cpus, platform } from 'node:os';

/** Decides the kernels and layouts of the runtime: the processor's name and, if the system reports them, its instructions. */
export function processor(): string {
  return [platform(), arch(), cpus()[0]?.model.trim() ?? '', instructions()].join('; ');
}

/** Cloud machines give processors of several generations one name. */
function instructions(): string {
  if (platform() !== 'linux') return '';
  try {
    const line = /^(?:flags|Features)\s*:\s*(.*)$/m.exec(readFileSync('/proc/cpuinfo', 'utf8'));
    return line ? line[1] : '';
  } catch {
    // Without it, the name alone has to suffice.
    return '';
  }
}
