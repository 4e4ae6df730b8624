import { ProtocolError } from '../http/errors/protocol-error.js';
import type { Table } from '../store/table.js';
import type { KeyedAnswer, KeyedRequest } from './keyed-request.js';
import type { KeyedRequestIndex } from './keyed-request.table.js';

/** Maximum number of keys in 24 hours: of one caller, and of all. */
const PER_CALLER = 10_000;
const IN_TOTAL = 50_000;

/** Maximum length of a response that is kept, and of all of them, in characters: tables are in memory. */
const ANSWER = 64 * 1024;
const ANSWERS = 64 * 1024 * 1024;

/** When a caller with too many keys may try again, in seconds. */
const RETRY_AFTER = 600;

/** Limits how much requests with idempotency keys occupy. */
export class KeyCapacity {
  /** Characters of the kept responses. */
  private length = 0;

  constructor(private readonly requests: Table<KeyedRequest, KeyedRequestIndex>) {
    requests.watch((change) => {
      if (change.type === 'reset') return;
      this.length -= lengthOf(change.before);
      if (change.type === 'put') this.length += lengthOf(change.now);
    });
  }

  /** Throws 429 if the caller, or all callers together, have used too many keys. */
  admit(caller: string): void {
    if (this.requests.by('caller', caller).length < PER_CALLER && this.requests.size < IN_TOTAL) return;
    throw new ProtocolError(
      429,
      `too many idempotency keys in 24 hours (${PER_CALLER} per caller, ${IN_TOTAL} in total): ` +
        'send requests without a key, or try again later',
      RETRY_AFTER,
    );
  }

  keeps({ body }: KeyedAnswer): boolean {
    return body.length <= ANSWER && this.length + body.length <= ANSWERS;
  }
}

const lengthOf = (request: KeyedRequest | undefined): number => request?.answer?.length ?? 0;
