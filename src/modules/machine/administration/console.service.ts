import { createHash, timingSafeEqual } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { InjectConfig } from '../../../config/config.module.js';
import type { Config } from '../../../config/config.js';
import { InjectLogger } from '../../../platform/telemetry/inject-logger.js';
import type { AppLogger } from '../../../shared/app-logger.js';
import { invalid, malformed, notFound } from '../../../shared/errors/domain-error.js';
import { pluralize, quoteText } from '../../../shared/text.js';
import { MachineRepository } from '../core/machine.repository.js';
import { isAllocated } from '../machine.js';
import type { Machine } from '../machine.js';

/** Longer texts of a record are refused, in UTF-16 units. */
const MAX_TEXT = 512;
const EVENTS = ['opened', 'closed'];

/** What a console server reports about a session. */
export interface SessionReport {
  readonly session: string;
  readonly event: string;
  readonly caller: string;
  readonly address: string;
  readonly reason: string;
}

/** Console servers ask here who may use the serial console of a machine, and record who did (docs/guide/serial-console.md). */
@Injectable()
export class ConsoleService {
  constructor(
    private readonly machines: MachineRepository,
    @InjectConfig() private readonly config: Config,
    @InjectLogger() private readonly log: AppLogger,
  ) {}

  /**
   * Whether `password` is the console password of the machine's allocation, compared in constant time. Logs the attempt with
   * its reason. Throws `malformed` for a reason shorter than configured (in bytes) and texts that are too long, `not-found`,
   * `invalid` for a machine without an allocation.
   */
  checkPassword(id: string, password: string, reason: string, address: string): boolean {
    const least = Math.max(this.config.auth.passwordReasonMinLength, 1);
    if (Buffer.byteLength(reason) < least)
      throw malformed(`reason has ${pluralize(Buffer.byteLength(reason), 'byte')}, expected at least ${least}`);
    checkTexts({ reason, address });
    const machine = this.get(id);
    if (!isAllocated(machine)) throw invalid(`machine "${id}" is not allocated and has no console password`);
    const { consolePassword } = machine.allocation;
    const isValid = isSame(password, consolePassword) && consolePassword !== '';
    const outcome = isValid ? 'accepted' : 'refused';
    this.log.info(
      `console password of machine "${id}" from ${quoteText(address)} ${outcome}, reason: ${quoteText(reason, MAX_TEXT)}`,
    );
    return isValid;
  }

  /** Logs the beginning or end of a session; the audit trail has the request. Throws `malformed` and `not-found`. */
  record(id: string, record: SessionReport): void {
    if (!EVENTS.includes(record.event))
      throw malformed(`event is ${quoteText(record.event, 60)}, expected one of ${EVENTS.join(', ')}`);
    if (record.session === '' || record.caller === '')
      throw malformed(`${record.session === '' ? 'session' : 'caller'} is empty, expected a name`);
    checkTexts({ ...record });
    this.get(id);
    const { session, event, caller, address, reason } = record;
    const [who, where, why] = [caller, address, reason].map((text) => quoteText(text, MAX_TEXT));
    this.log.info(
      `serial console of machine "${id}" ${event} by ${who} from ${where}, session ${quoteText(session, 64)}, reason: ${why}`,
    );
  }

  private get(id: string): Machine {
    const machine = this.machines.get(id);
    if (!machine) throw notFound('machine', id);
    return machine;
  }
}

function checkTexts(texts: Readonly<Record<string, string>>): void {
  for (const [name, text] of Object.entries(texts))
    if (text.length > MAX_TEXT) throw malformed(`${name} has ${text.length} characters, expected at most ${MAX_TEXT}`);
}

/** Takes the same time whatever differs, including the length. */
const isSame = (given: string, expected: string): boolean => timingSafeEqual(digest(given), digest(expected));

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
