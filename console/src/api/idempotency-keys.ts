/** Time after which an action with an unknown outcome counts as given up, in milliseconds. */
const FORGET_MS = 10 * 60_000;

/** Answers that leave open whether the request had its effect: no answer, too busy, or those of a proxy. */
const UNKNOWN = [0, 408, 429, 502, 503, 504];

/** Whether a request allocates or creates something, so that sending it twice could make two of it. */
export const creates = (method: string, path: string): boolean =>
  method === 'put' || /(?:^|\/)allocate(?:\/|$)/.test(path);

/**
 * One idempotency key for each action of the user (docs/api.md#idempotency-keys): the same request gets the same key until
 * its outcome is known. So pressing the button again after a broken connection gets what the first attempt has made, and
 * after a success something new.
 */
export class IdempotencyKeys {
  private readonly open = new Map<string, { readonly key: string; readonly since: number }>();

  constructor(
    private readonly now: () => number = Date.now,
    private readonly random: () => string = randomKey,
  ) {}

  /** The key to send with the request. */
  of(request: string): string {
    const known = this.open.get(request);
    if (known && this.now() - known.since < FORGET_MS) return known.key;
    const key = this.random();
    this.open.set(request, { key, since: this.now() });
    return key;
  }

  /** Ends the action unless its outcome is still unknown; `status` 0 is a broken connection. */
  answered(request: string, key: string, status: number): void {
    if (!UNKNOWN.includes(status) && this.open.get(request)?.key === key) this.open.delete(request);
  }
}

/** Not `randomUUID`, which browsers offer to pages over HTTPS only. */
function randomKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}
