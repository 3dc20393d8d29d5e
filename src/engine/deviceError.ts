import { UserError } from '../errors';

/** A device stopped answering while a graph ran on it: its memory is full, its driver was reset, it was unplugged. */
export class DeviceError extends UserError {
  constructor(provider: string, cause: Error) {
    const what = `The device (${provider}) failed during a computation: ${cause.message.split('\n')[0]}`;
    const action =
      'Analyse on the CPU (--provider cpu). If the memory of the device is full, keep less on it (--memory) or run fewer samples at once (--batch).';
    super({ what, action }, { cause });
  }
}
