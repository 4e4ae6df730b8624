import type { Readable } from 'node:stream';
import { Injectable } from '@nestjs/common';
import type { OnModuleInit } from '@nestjs/common';
import { ObjectStore } from '../../platform/objects/object-store.js';
import { invalid, malformed } from '../../shared/errors/domain-error.js';
import { quoteText } from '../../shared/text.js';
import { BmcDirectory } from '../command/command.js';
import { CommandService } from '../command/command.service.js';
import type { Machine } from '../machine/machine.js';
import { MachineQueryService } from '../machine/query/machine-query.service.js';
import { boardOf, FIRMWARE_KINDS, firmwareOf, firmwareObjectKey, parseFirmwareKind, newFirmware } from './firmware.js';
import type { Board, Firmware, FirmwareKind } from './firmware.js';

/** Validity of the URL that an agent gets for fetching a file, in seconds. */
const URL_SECONDS = 2 * 3600;

/** Filter for firmware files; empty fields match everything. */
export interface FirmwareQuery {
  readonly kind?: string | undefined;
  readonly vendor?: string | undefined;
  readonly board?: string | undefined;
}

/**
 * Stores firmware files in object storage and updates machines with them. All methods throw `disabled` if no object
 * storage is configured.
 */
@Injectable()
export class FirmwareService implements OnModuleInit {
  constructor(
    private readonly files: ObjectStore,
    private readonly machines: MachineQueryService,
    private readonly commands: CommandService,
    private readonly directory: BmcDirectory,
  ) {}

  /** The URL of a file is a secret; it is only created when the message to the agent is built. */
  onModuleInit(): void {
    this.directory.firmwareUrl.provide(async (machineId, { kind, revision }) => {
      const board = this.boardOf(machineId);
      return board && this.files.presign(firmwareObjectKey({ ...board, kind, revision }), URL_SECONDS);
    });
  }

  /** The requested kinds; both, unless one is named. */
  kinds({ kind = '' }: FirmwareQuery): readonly FirmwareKind[] {
    const known = parseFirmwareKind(kind);
    return known ? [known] : FIRMWARE_KINDS;
  }

  /** Returns the stored files, ordered by key. */
  async list(query: FirmwareQuery): Promise<Firmware[]> {
    this.files.assertConfigured();
    const wanted = boardOf(query.vendor ?? '', query.board ?? '');
    const keys = await Promise.all(this.kinds(query).map((kind) => this.files.list(`${kind}/`)));
    return keys
      .flat()
      .flatMap((key) => firmwareOf(key) ?? [])
      .filter(({ vendor }) => wanted.vendor === '' || vendor.toLowerCase() === wanted.vendor)
      .filter(({ board }) => wanted.board === '' || board.toUpperCase() === wanted.board);
  }

  /** Returns the firmware that a machine runs, as far as it is known. Throws `not-found`. */
  installed(machineId: string, query: FirmwareQuery): Firmware[] {
    this.files.assertConfigured();
    const machine = this.machines.get(machineId);
    const board = this.boardOf(machine.id);
    if (!board) return [];
    return this.kinds(query).flatMap((kind) => {
      const revision = this.revisionOf(machine, kind);
      return revision === '' ? [] : { ...board, kind, revision };
    });
  }

  /**
   * Returns a function that stores the content of a file; an existing file of this name is replaced. Throws
   * `malformed` for a kind other than bios and bmc, and for hardware that no machine has.
   */
  uploader(kind: string, vendorName: string, boardName: string, revision: string): FirmwareUploader {
    this.files.assertConfigured();
    const firmware = newFirmware(kind, vendorName, boardName, revision);
    const { vendor, board } = firmware;
    if (!this.machines.search().some(({ id }) => isSame(this.boardOf(id), firmware))) {
      throw malformed(`there is no machine of vendor "${vendor}" with board "${board}"`);
    }
    return (file) => this.files.put(firmwareObjectKey(firmware), file);
  }

  /** Removes a file; idempotent. Throws `malformed` for a kind other than bios and bmc. */
  async remove(kind: string, vendor: string, board: string, revision: string): Promise<void> {
    this.files.assertConfigured();
    await this.files.remove(firmwareObjectKey(newFirmware(kind, vendor, board, revision)));
  }

  /**
   * Issues a command that makes the partition's agent install a stored revision. Throws `not-found`, `invalid` if the
   * machine already has the revision, if there is no such file for its hardware, and for a machine without a
   * partition.
   */
  async update(id: string, kind: string, revision: string, issuer: string): Promise<Machine> {
    this.files.assertConfigured();
    const machine = this.machines.get(id);
    const machineId = machine.id;
    const known = parseFirmwareKind(kind);
    if (known && revision !== '' && this.revisionOf(machine, known) === revision) {
      throw invalid(`machine "${machineId}" already has ${known} revision "${revision}"`);
    }
    if (!known) throw invalid(`kind is ${quoteText(kind, 60)}, expected one of ${FIRMWARE_KINDS.join(', ')}`);
    const board = this.boardOf(machineId);
    const available = board ? await this.list({ kind, ...board }) : [];
    if (!available.some((firmware) => firmware.revision === revision)) {
      const revisions = available.map((firmware) => firmware.revision).join(', ') || 'none';
      throw invalid(
        `machine "${machineId}" cannot be updated to ${kind} revision ${quoteText(revision)}, available: ${revisions}`,
      );
    }
    const order = { machine: machineId, partition: machine.partitionId, issuer, firmware: { kind: known, revision } };
    await this.commands.issue({ ...order, kind: 'command', command: 'UPDATE-FIRMWARE' });
    return machine;
  }

  private revisionOf({ id, bios }: Machine, kind: FirmwareKind): string {
    return kind === 'bios' ? bios.version : (this.machines.bmcOf(id)?.version ?? '');
  }

  /** Undefined until the machine's board is reported. */
  private boardOf(machineId: string): Board | undefined {
    const { boardMfg = '', boardPartNumber = '' } = this.machines.bmcOf(machineId)?.fru ?? {};
    return boardMfg === '' || boardPartNumber === '' ? undefined : boardOf(boardMfg, boardPartNumber);
  }
}

/** Stores the content of a file. */
export type FirmwareUploader = (file: Readable) => Promise<void>;

const isSame = (a: Board | undefined, b: Board): boolean => a?.vendor === b.vendor && a.board === b.board;
