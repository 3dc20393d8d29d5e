import type { Program } from '../../engine/program';
import type { Resident } from '../../engine/resident';
import type { Feeds } from '../../engine/runtime';
import type { Tensor } from '../../graph/tensor';
import type { SplitProgram } from './splitProgram';

type Residents = Readonly<Record<string, Resident>>;

/**
 * Keeps the residuals that tangent graphs read of each batch of a lane at fixed θ, where they run, for the next
 * product. The first batches stay as long as all residuals fit the budget; those of the others are computed again for
 * each product.
 */
export class KeptResiduals {
  private readonly held = new Map<number, Map<string, Resident>>();
  private bytes = 0;
  /** Settles when the residuals in progress are complete, so that concurrent runs make them one after another. */
  private making: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly budget: number,
    private readonly lane = 0,
  ) {}

  /** Runs a program on a batch: split in two where its residuals are kept or fit the budget, otherwise whole. */
  run<Output extends Tensor | Resident>(
    batch: number,
    feeds: Feeds,
    program: SplitProgram<Output>,
  ): Promise<Record<string, Output>> {
    return this.onHalf(batch, feeds, program, (half, fed) => half.run(fed, this.lane));
  }

  /** The same for several runs, which share the inputs `feeds`. */
  runEach<Output extends Tensor | Resident>(
    batch: number,
    feeds: Feeds,
    each: readonly Feeds[],
    program: SplitProgram<Output>,
  ): Promise<Record<string, Output>[]> {
    return this.onHalf(batch, feeds, program, (half, fed) => half.runEach(fed, each, this.lane));
  }

  /** Calls `use` with what runs on a batch, the tangent half or the whole, and with its inputs that stay the same. */
  private async onHalf<Output extends Tensor | Resident, T>(
    batch: number,
    feeds: Feeds,
    program: SplitProgram<Output>,
    use: (half: Program<Output>, fed: Feeds) => Promise<T>,
  ): Promise<T> {
    if (!this.hasRoom(batch, program)) return use(await program.whole(), feeds);
    const tangent = await program.tangent();
    return this.with(batch, feeds, program, (kept) => use(tangent, { ...feeds, ...kept }));
  }

  /** Whether the residuals of a batch are kept or fit the budget. Those left by another kind of product are dropped. */
  private hasRoom(batch: number, { residuals }: Pick<SplitProgram, 'residuals'>): boolean {
    if (this.known(batch, residuals)) return true;
    const held = this.held.get(batch);
    const added = [...residuals].reduce((sum, [name, bytes]) => sum + (held?.has(name) ? 0 : bytes), 0);
    if (this.bytes + added > this.budget) this.drop((name) => !residuals.has(name));
    return this.bytes + added <= this.budget;
  }

  /**
   * Runs `use` with the residuals of a batch and then frees those that are not kept. Programs of all kinds and block
   * sizes use the same name for the same residual and share it.
   */
  async with<T>(
    batch: number,
    data: Feeds,
    programs: Pick<SplitProgram, 'primal' | 'residuals'>,
    use: (residuals: Residents) => Promise<T>,
  ): Promise<T> {
    if (programs.residuals.size === 0) return use({});
    const residuals = this.known(batch, programs.residuals) ?? (await this.made(batch, data, programs));
    try {
      return await use(residuals);
    } finally {
      for (const [name, resident] of Object.entries(residuals)) {
        if (this.held.get(batch)?.get(name) !== resident) resident.dispose();
      }
    }
  }

  clear(): void {
    this.drop(() => true);
    this.held.clear();
  }

  /** Computes the residuals of a batch that are missing, and keeps them if there is room. */
  private made(batch: number, data: Feeds, programs: Pick<SplitProgram, 'primal' | 'residuals'>): Promise<Residents> {
    const making = this.making.then(async () => {
      const known = this.known(batch, programs.residuals);
      if (known) return known;
      const room = this.hasRoom(batch, programs);
      const fresh = await (await programs.primal()).run(data, this.lane);
      if (room) this.keep(batch, fresh);
      return fresh;
    });
    this.making = making.then(
      () => undefined,
      () => undefined,
    );
    return making;
  }

  private known(batch: number, residuals: ReadonlyMap<string, number>): Residents | null {
    const held = this.held.get(batch);
    const names = [...residuals.keys()];
    if (held && names.every((name) => held.has(name) && !held.get(name)!.disposed)) {
      return Object.fromEntries(names.map((name) => [name, held.get(name)!]));
    }
    // On a device, residuals are freed with the program that wrote them, which the cache may have released.
    this.drop((_, resident) => resident.disposed);
    return null;
  }

  private keep(batch: number, fresh: Residents): void {
    const held = this.held.get(batch) ?? new Map<string, Resident>();
    this.held.set(batch, held);
    for (const [name, resident] of Object.entries(fresh)) {
      if (held.has(name)) continue;
      held.set(name, resident);
      this.bytes += resident.bytes;
    }
  }

  private drop(which: (name: string, resident: Resident) => boolean): void {
    for (const held of this.held.values()) {
      for (const [name, resident] of held) {
        if (!which(name, resident)) continue;
        held.delete(name);
        this.bytes -= resident.bytes;
        resident.dispose();
      }
    }
  }
}
