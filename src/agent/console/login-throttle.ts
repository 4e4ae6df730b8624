import type { Clock } from '../../shared/clock.js';
import { ExpiringMap } from '../../shared/concurrency/expiring-map.js';
import { Prefix } from '../../shared/net/prefix.js';

/** Wrong secrets from one address within the window, after which no secret of it is looked at. */
export const MAX_FAILURES = 20;
const WINDOW_MS = 600_000;
const MAX_ADDRESSES = 10_000;

/** Limits how many secrets one address can try. */
export class LoginThrottle {
  private readonly failures: ExpiringMap<string, number>;

  constructor(clock: Clock) {
    this.failures = new ExpiringMap(WINDOW_MS, clock, MAX_ADDRESSES);
  }

  allows(address: string): boolean {
    return (this.failures.get(address) ?? 0) < MAX_FAILURES;
  }

  failed(address: string): void {
    this.failures.set(address, (this.failures.get(address) ?? 0) + 1);
  }
}

/** What counts as one address: an IPv4 address, or an IPv6 network of 64 bits. */
export function addressGroup(address: string): string {
  const plain = address.replace(/^::ffff:(?=\d+\.)/i, '').replace(/%.*$/, '');
  if (!plain.includes(':')) return plain;
  return Prefix.tryParse(`${plain}/64`)?.masked().toString() ?? plain;
}
