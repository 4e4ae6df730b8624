import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { InjectClock } from '../time/inject-clock.js';
import { InjectConfig } from '../../config/config.module.js';
import type { Config } from '../../config/config.js';
import { timestamp } from '../../shared/clock.js';
import type { Clock } from '../../shared/clock.js';
import { InjectLog } from '../store/inject.js';
import { defineLog } from '../store/append-log.js';
import type { AppendLog, LogEntry } from '../store/append-log.js';
import type { HmacType } from './hmac.js';

/** Used signatures: one entry each, whose ID begins with the time after which its date is too old. */
export const signatureLog = defineLog('signature');

/** How much longer entries are kept, in milliseconds, because clocks of replicas differ. */
const MARGIN = 10 * 60_000;

/** A signature with a valid date and value. */
export interface UsedSignature {
  readonly type: HmacType;
  readonly mac: string;
  /** The signed date, in milliseconds since the epoch. */
  readonly date: number;
}

/**
 * Records used signatures for all replicas, beyond the end of a process. The entry is the lock: the process that writes
 * it may proceed. Its ID is derived from the signature alone, and sorts by expiry.
 */
@Injectable()
export class UsedSignatures {
  constructor(
    @InjectLog(signatureLog) private readonly used: AppendLog<LogEntry>,
    @InjectConfig() private readonly config: Config,
    @InjectClock() private readonly clock: Clock,
  ) {}

  /**
   * Claims a signature. Returns false if it was used before, on any replica. With `durable`, the claim survives a crash
   * immediately after the call; without, it reaches the disk before subsequent writes. Throws `unavailable`.
   */
  async claim({ type, mac, date }: UsedSignature, durable: boolean): Promise<boolean> {
    const lifetime = this.lifetimeOf(type);
    if (lifetime === 0) return true;
    const hash = createHash('sha256').update(`${type} ${mac}`).digest('hex').slice(0, 40);
    return this.used.claim({ id: `${timestamp(date + lifetime)}~${hash}` }, { durable });
  }

  /** Removes the signatures whose dates are too old by now. Returns the number of removed entries. */
  async prune(): Promise<number> {
    return this.used.prune({ to: timestamp(this.clock.now() - MARGIN) });
  }

  private lifetimeOf(type: HmacType): number {
    const { view, edit, admin } = this.config.auth.hmac;
    return { 'Metal-View': view, 'Metal-Edit': edit, 'Metal-Admin': admin }[type].lifetime;
  }
}
