/** Passes on items that arrive in any order by their index, 0, 1, 2, …: each as soon as all before it have arrived. */
export class InOrder<T> {
  private readonly early = new Map<number, T>();
  private next = 0;

  constructor(private readonly tell: (item: T, number: number) => void) {}

  add(number: number, item: T): void {
    this.early.set(number, item);
    for (; this.early.has(this.next); this.next++) {
      const due = this.early.get(this.next)!;
      this.early.delete(this.next);
      this.tell(due, this.next);
    }
  }
}
