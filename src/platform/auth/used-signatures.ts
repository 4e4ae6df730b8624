import { createHash } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { InjectConfig } from '../../config/config.module.js';
import type { Config } from '../../config/config.js';
import { CLOCK, timestamp } from '../../shared/clock.js';
import type { Clock } from '../../shared/clock.js';
import { InjectLog } from '../store/inject.js';
import { defineLog } from '../store/log.js';
import type { Log, LogEntry } from '../store/log.js';
import type { HmacType } from './hmac.js';

/** Signatures that were used: an entry for each, whose id begins with the time after which its date is too old. */
export const signatureLog = defineLog('signature');

/** Entries are kept so much longer, in milliseconds: clocks of replicas differ. */
const MARGIN = 10 * 60_000;

/** A signature whose date and value hold. */
export interface UsedSignature {
  readonly type: HmacType;
  readonly mac: string;
  /** The date that is signed, in milliseconds since the epoch. */
  readonly date: number;
}

/**
 * Which signatures were used, for all replicas and beyond the end of a process. The entry is the lock: who writes it may
 * go on. Its id follows from the signature alone, and sorts by the time when it may be forgotten.
 */
@Injectable()
export class UsedSignatures {
  constructor(
    @InjectLog(signatureLog) private readonly used: Log<LogEntry>,
    @InjectConfig() private readonly config: Config,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /**
   * Enters a signature; false when it was used before, here or elsewhere. With `durable` a crash of the process right
   * after the call does not undo it; without, it is on disk before anything that is written afterwards.
   * Throws `unavailable`.
   */
  async enter({ type, mac, date }: UsedSignature, durable: boolean): Promise<boolean> {
    const lifetime = this.lifetimeOf(type);
    if (lifetime === 0) return true;
    const hash = createHash('sha256').update(`${type} ${mac}`).digest('hex').slice(0, 40);
    return this.used.claim({ id: `${timestamp(date + lifetime)}~${hash}` }, { durable });
  }

  /** Forgets the signatures that are refused for their age by now; returns how many. */
  async prune(): Promise<number> {
    return this.used.prune({ to: timestamp(this.clock.now() - MARGIN) });
  }

  private lifetimeOf(type: HmacType): number {
    const { view, edit, admin } = this.config.auth.hmac;
    return { 'Metal-View': view, 'Metal-Edit': edit, 'Metal-Admin': admin }[type].lifetime;
  }
}
