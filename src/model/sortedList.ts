/** Items in the order of a number that each has. */
export class SortedList<T> {
  private readonly keys: number[] = [];
  private readonly items: T[] = [];

  add(key: number, item: T): void {
    const at = this.firstFrom(key);
    this.keys.splice(at, 0, key);
    this.items.splice(at, 0, item);
  }

  /** @param key with which the item was added; nothing happens when it was not */
  delete(key: number, item: T): void {
    for (let at = this.firstFrom(key); this.keys[at] === key; at++) {
      if (this.items[at] !== item) continue;
      this.keys.splice(at, 1);
      this.items.splice(at, 1);
      return;
    }
  }

  /** The items whose number is at most `error` away from `key`. */
  within(key: number, error: number): T[] {
    const from = this.firstFrom(key - error);
    let to = from;
    while (this.keys[to] <= key + error) to++;
    return this.items.slice(from, to);
  }

  /** The first place whose number is not below `least`. */
  private firstFrom(least: number): number {
    let [low, high] = [0, this.keys.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.keys[middle] < least) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
