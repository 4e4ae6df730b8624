/** Counts open connections, in total and by address. */
export class ConnectionQuota {
  private readonly byAddress = new Map<string, number>();
  private total = 0;

  constructor(private readonly limits: { readonly connections: number; readonly perAddress: number }) {}

  get size(): number {
    return this.total;
  }

  /** Returns what ends the connection's share, or undefined if there are too many. */
  take(address: string): (() => void) | undefined {
    const count = this.byAddress.get(address) ?? 0;
    if (this.total >= this.limits.connections || count >= this.limits.perAddress) return undefined;
    this.total++;
    this.byAddress.set(address, count + 1);
    let isTaken = true;
    return () => {
      if (!isTaken) return;
      isTaken = false;
      this.total--;
      const left = (this.byAddress.get(address) ?? 1) - 1;
      if (left > 0) this.byAddress.set(address, left);
      else this.byAddress.delete(address);
    };
  }
}
