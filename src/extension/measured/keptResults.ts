import type * as vscode from 'vscode';
import { packDated, unpackDated } from '../../protocol/measured';
import type { Dated, MeasuredName } from '../../protocol/measured';

/** Key of the editor's memory for this workspace. */
const KEY = 'ridgeline.measured';
/** Results that are kept. Older ones go, since each model that is verified adds one. */
const MOST = 50;

type Kept = Record<string, string>;

/** Keeps the last result of each measurement, so that its page still has it after a reload of the window. */
export class KeptResults {
  constructor(private readonly memory: Pick<vscode.Memento, 'get' | 'update'>) {}

  /** @param subject what was measured: a model, or nothing for the machine itself */
  find<Name extends MeasuredName>(name: Name, subject: string): Dated<Name> | undefined {
    return unpackDated(name, this.all()[keyOf(name, subject)]);
  }

  async keep<Name extends MeasuredName>(name: Name, subject: string, dated: Dated<Name>): Promise<void> {
    const key = keyOf(name, subject);
    const others = Object.entries(this.all()).filter(([other]) => other !== key);
    const newest = [...others, [key, packDated(dated)] as const].slice(-MOST);
    await this.memory.update(KEY, Object.fromEntries(newest));
  }

  private all(): Kept {
    return this.memory.get<Kept>(KEY) ?? {};
  }
}

const keyOf = (name: MeasuredName, subject: string): string => `${name} ${subject}`;
