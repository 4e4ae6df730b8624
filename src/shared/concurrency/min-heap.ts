/** A set of numbers that returns its smallest first; adding a member again has no effect. */
export class MinHeap {
  private readonly heap: bigint[] = [];
  private readonly members = new Set<bigint>();

  get size(): number {
    return this.heap.length;
  }

  add(value: bigint): void {
    if (this.members.has(value)) return;
    this.members.add(value);
    this.heap.push(value);
    this.rise(this.heap.length - 1);
  }

  /** Removes and returns the smallest number; `undefined` if the heap is empty. */
  pop(): bigint | undefined {
    const smallest = this.heap[0];
    const last = this.heap.pop();
    if (smallest === undefined || last === undefined) return undefined;
    this.members.delete(smallest);
    if (this.heap.length > 0) {
      this.heap[0] = last;
      this.sink(0);
    }
    return smallest;
  }

  private rise(position: number): void {
    let child = position;
    while (child > 0) {
      const parent = (child - 1) >> 1;
      if (this.at(parent) <= this.at(child)) return;
      this.swap(parent, child);
      child = parent;
    }
  }

  private sink(position: number): void {
    let parent = position;
    for (;;) {
      const [left, right] = [2 * parent + 1, 2 * parent + 2];
      let smallest = parent;
      if (left < this.heap.length && this.at(left) < this.at(smallest)) smallest = left;
      if (right < this.heap.length && this.at(right) < this.at(smallest)) smallest = right;
      if (smallest === parent) return;
      this.swap(parent, smallest);
      parent = smallest;
    }
  }

  private at(position: number): bigint {
    return this.heap[position] as bigint;
  }

  private swap(a: number, b: number): void {
    [this.heap[a], this.heap[b]] = [this.at(b), this.at(a)];
  }
}
