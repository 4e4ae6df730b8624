import type { Document } from '../../shared/document.js';
import { invalid, malformed } from '../../shared/errors/domain-error.js';
import { Inquiry } from '../../shared/inquiry.js';

/** What an agent can be told to do with a BMC (reference/40 §3.3). */
export const COMMAND_NAMES = [
  'ON',
  'OFF',
  'RESET',
  'CYCLE',
  'BIOS',
  'DISK',
  'PXE',
  'LED-ON',
  'LED-OFF',
  'REINSTALL',
  'UPDATE-FIRMWARE',
] as const;

export type CommandName = (typeof COMMAND_NAMES)[number];

/**
 * - `pending` waits for its turn, for the bus, or for the next attempt
 * - `published` on the bus, not yet seen by an agent as far as is known
 * - `delivered` an agent works on it
 * - `done`, `failed`, `expired` final; `error` says why. An expired command may still turn out `done` or `failed`: a
 *   report that comes late is the truth
 */
export const COMMAND_STATES = ['pending', 'published', 'delivered', 'done', 'failed', 'expired'] as const;

export type CommandState = (typeof COMMAND_STATES)[number];

/** A firmware file; where it can be fetched is resolved when the message is made, because that address is a secret. */
export interface FirmwareRef {
  readonly kind: 'bios' | 'bmc';
  readonly revision: string;
}

/** What a feature asks for. */
export interface CommandOrder {
  /** Two orders with one id are one command; unless given, each order is another command. */
  readonly id?: string;
  readonly machine: string;
  readonly partition: string;
  /** `delete` takes a freed machine back: it boots from the network again (reference/40 §8.3). */
  readonly type: 'command' | 'delete';
  /** Required for `command`, nothing for `delete`. */
  readonly command?: CommandName;
  readonly params?: readonly string[];
  readonly firmware?: FirmwareRef;
  /** Who asked for it. */
  readonly issuer?: string;
}

/** An entry of the journal (design D4). Carries no secret: those are added when the message is made. Times are ISO. */
export interface Command extends Document {
  readonly machine: string;
  readonly partition: string;
  readonly type: 'command' | 'delete';
  /** `""` for `delete`. */
  readonly command: CommandName | '';
  readonly params: readonly string[];
  readonly firmware: FirmwareRef | undefined;
  readonly issuer: string;
  readonly state: CommandState;
  /** The number of the message that counts, from 1; each new try of a reclaim raises it. */
  readonly attempt: number;
  /** Why it failed or still waits; `""` when all is well. */
  readonly error: string;
  readonly created: string;
  readonly changed: string;
  /** Sorts the commands of one machine. */
  readonly order: string;
  /** The command of the same machine that must be over before this one begins, `""` when there was none. */
  readonly after: string;
  /** When it is no longer to be begun; `""` never (reclaims). */
  readonly deadline: string;
  /** `pending`: not to be sent before. */
  readonly notBefore: string;
  /** `pending`: the replica that sends it, until when nobody else does. */
  readonly claim: { readonly owner: string; readonly until: string } | undefined;
  /** `published` and `delivered` without a deadline: when to send it again. */
  readonly answerBy: string;
}

/** The BMC of a machine as it goes into a message (reference/40 §3.3). */
export interface IpmiBlock {
  /** `host:port`; `""` as long as nobody reported it. */
  readonly address: string;
  readonly user: string;
  readonly password: string;
  readonly [member: string]: unknown;
}

/** What the journal must know of machines; the machine feature answers, it comes later in the order of features. */
export class BmcDirectory {
  /** Makes the other answers those of the database, which memory may lag behind. Throws `unavailable`. */
  readonly refresh = new Inquiry<[machine: string], Promise<void>>(Promise.resolve());
  /** The whole `ipmi` block with password, the super user's where the machine has none; undefined: no such machine. */
  readonly ipmi = new Inquiry<[machine: string], IpmiBlock | undefined>(undefined);
  /** False when a reclaim that failed or waited must not be sent any more: the machine has been allocated since. */
  readonly reclaimWanted = new Inquiry<[machine: string], boolean>(true);
  /** Where an agent fetches a firmware file; undefined: there is none. */
  readonly firmwareUrl = new Inquiry<[machine: string, firmware: FirmwareRef], Promise<string | undefined>>(
    Promise.resolve(undefined),
  );
}

/** What an operator may ask the journal for. */
export interface CommandQuery {
  readonly machine?: string;
  readonly partition?: string;
  readonly state?: string;
}

/** Whatever is reported of it later changes nothing. */
export const isOver = ({ state }: Command): boolean => state === 'done' || state === 'failed' || state === 'expired';

/** Sent, and nobody told its end yet. */
export const isInFlight = ({ state }: Command): boolean => state === 'published' || state === 'delivered';

/** For messages to people: `RESET`, `reclaim`. */
export const commandTitle = ({ type, command }: Pick<Command, 'type' | 'command'>): string =>
  type === 'delete' ? 'reclaim' : command;

export const byOrder = (a: Command, b: Command): number => (a.order < b.order ? -1 : a.order > b.order ? 1 : 0);

/** Throws `malformed` for an order that makes no sense, `invalid` for a machine without partition. */
export function checkOrder({ machine, partition, type, command }: CommandOrder): void {
  if (machine === '') throw malformed('machine of a command must not be empty');
  if (type === 'command' && !COMMAND_NAMES.includes(command!)) {
    throw malformed(`command "${command}" is unknown, expected one of ${COMMAND_NAMES.join(', ')}`);
  }
  if (type === 'delete' && command !== undefined) throw malformed(`a reclaim has no command, got "${command}"`);
  if (partition === '') {
    const title = commandTitle({ type, command: command ?? '' });
    throw invalid(`machine "${machine}" belongs to no partition, so no agent can carry out ${title}`);
  }
}
