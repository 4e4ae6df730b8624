import type { Optional } from '../../shared/entity.js';
import type { Document } from '../../shared/document.js';
import { invalid, malformed } from '../../shared/errors/domain-error.js';
import type { MachineId, PartitionId } from '../../shared/id.js';
import { LateBoundFunction } from '../../shared/late-bound-function.js';

/** The commands that agents execute on a BMC (docs/reference/message-bus.md#command-payload). */
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
 * - `pending`: waits for its turn, for the bus, or for the next attempt
 * - `published`: on the bus; as far as is known, not yet received by an agent
 * - `delivered`: an agent executes it
 * - `done`, `failed`, `expired`: final; `error` gives the reason. An expired command may still become `done` or
 *   `failed`, because a late report is authoritative
 */
export const COMMAND_STATES = ['pending', 'published', 'delivered', 'done', 'failed', 'expired'] as const;

export type CommandState = (typeof COMMAND_STATES)[number];

/** A firmware file. Its URL is resolved only when the message is built, because it is a secret. */
export interface FirmwareRef {
  readonly kind: 'bios' | 'bmc';
  readonly revision: string;
}

/** A command as requested by a feature. */
export interface CommandRequest {
  /** Requests with the same ID are one command; a request without an ID is a new command. */
  readonly id?: string;
  readonly machine: MachineId;
  /** Undefined if the machine belongs to none, which is refused. */
  readonly partition: PartitionId | undefined;
  /**
   * `reclaim` returns a freed machine to the pool by booting it from the network again
   * (docs/reference/partition-services.md#actions-of-commands).
   */
  readonly kind: 'command' | 'reclaim';
  /** Required for `command`, omitted for `reclaim`. */
  readonly command?: CommandName | undefined;
  readonly params?: readonly string[];
  readonly firmware?: FirmwareRef;
  /** The user, or the part of the server, that requested it. */
  readonly issuer?: string;
}

/**
 * An entry of the journal (docs/concepts/design.md#commands-survive). Contains no secrets: they are added when the
 * message is built. Times are ISO texts.
 */
export interface Command extends Document {
  readonly machine: string;
  readonly partition: string;
  /** `delete` is a reclaim, here and on the bus; see `isReclaim`. */
  readonly type: 'command' | 'delete';
  /** Undefined for a reclaim. */
  readonly command: CommandName | undefined;
  readonly params: readonly string[];
  readonly firmware: FirmwareRef | undefined;
  readonly issuer: string;
  readonly state: CommandState;
  /** The number of the current message, from 1; each retry of a reclaim increments it. */
  readonly attempt: number;
  /** Why it failed or is still waiting; undefined if there is no problem. */
  readonly error: string | undefined;
  readonly created: string;
  readonly changed: string;
  /** Sort key of the commands of one machine. */
  readonly order: string;
  /** The command of the same machine that must be final before this one starts; undefined if there was none. */
  readonly after: string | undefined;
  /** Time after which it must no longer be started; undefined for never (reclaims). */
  readonly deadline: string | undefined;
  /** `pending`: not to be sent before this time. */
  readonly notBefore: string | undefined;
  /** `pending`: the replica that is sending it, and until when no other replica may. */
  readonly claim: { readonly owner: string; readonly until: string } | undefined;
  /**
   * `published` and `delivered` without a deadline: when to send it again. `delivered` with progress: when the agent
   * must have reported again.
   */
  readonly answerBy: string | undefined;
  /** `traceparent` of the request that issued it; absent if that was not traced. */
  readonly trace?: string;
  /** How far it is, as the agent last reported; absent for commands that take a moment. */
  readonly progress?: string;
}

/** The BMC data of a machine in the form of messages (docs/reference/message-bus.md#command-payload). */
export interface CommandIpmiBlock {
  /** `host:port`; `""` until it is reported. */
  readonly address: string;
  readonly user: string;
  readonly password: string;
  readonly [member: string]: unknown;
}

/** Facts about machines that the journal needs; provided by the machine feature, which depends on this one. */
export class BmcDirectory {
  /** Refreshes the mirrors behind the other functions, which may lag behind the database. Throws `unavailable`. */
  readonly refresh = new LateBoundFunction<[machine: string], Promise<void>>('BmcDirectory.refresh');
  /**
   * The complete `ipmi` block with user and password, by default the super user's; undefined for an unknown machine.
   */
  readonly ipmi = new LateBoundFunction<[machine: string], CommandIpmiBlock | undefined>('BmcDirectory.ipmi');
  /** False if a failed or delayed reclaim must no longer be sent, because the machine has been allocated since. */
  readonly isReclaimStillNeeded = new LateBoundFunction<[machine: string], boolean>(
    'BmcDirectory.isReclaimStillNeeded',
  );
  /** URL from which an agent fetches a firmware file; undefined if there is none. */
  readonly firmwareUrl = new LateBoundFunction<[machine: string, firmware: FirmwareRef], Promise<string | undefined>>(
    'BmcDirectory.firmwareUrl',
  );

  /** Called by Nest once all features are initialized. */
  onApplicationBootstrap(): void {
    for (const each of [this.refresh, this.ipmi, this.isReclaimStillNeeded, this.firmwareUrl]) each.assertBound();
  }
}

/** Journal query of an operator. */
export type CommandQuery = Optional<{
  readonly machine: string;
  readonly partition: string;
  readonly state: string;
}>;

/** Whether the command has ended. Reports no longer change it, except late ones on an expired command. */
export const isFinal = ({ state }: Command): boolean => state === 'done' || state === 'failed' || state === 'expired';

/** Sent, but not known to have ended. */
export const isInFlight = ({ state }: Command): boolean => state === 'published' || state === 'delivered';

export const isReclaim = ({ type }: Pick<Command, 'type'>): boolean => type === 'delete';

/** Human-readable name: `RESET`, `reclaim`. */
export const commandLabel = (command: Pick<Command, 'command'>): string => command.command ?? 'reclaim';

export const byOrder = (a: Command, b: Command): number => (a.order < b.order ? -1 : a.order > b.order ? 1 : 0);

/** A request that an agent can execute: that of the machine's partition. */
export type DeliverableRequest = CommandRequest & { readonly partition: PartitionId };

/** Throws `malformed` for a contradictory request, `invalid` for a machine without a partition. */
export function checkCommandRequest(request: CommandRequest): asserts request is DeliverableRequest {
  const { machine, partition, kind, command } = request;
  if (machine === '') throw malformed('machine of a command must not be empty');
  if (kind === 'command' && !COMMAND_NAMES.includes(command!)) {
    throw malformed(`command "${command}" is unknown, expected one of ${COMMAND_NAMES.join(', ')}`);
  }
  if (kind === 'reclaim' && command !== undefined) throw malformed(`a reclaim has no command, got "${command}"`);
  if (!partition) {
    const title = kind === 'reclaim' ? kind : command;
    throw invalid(`machine "${machine}" does not belong to a partition, so no agent can execute ${title}`);
  }
}
