import type { Readable } from 'node:stream';
import { Injectable } from '@nestjs/common';
import type { OnModuleInit } from '@nestjs/common';
import { ObjectStore } from '../../platform/objects/object-store.js';
import { invalid, malformed } from '../../shared/errors/domain-error.js';
import { BmcDirectory } from '../command/command.js';
import { CommandService } from '../command/command.service.js';
import type { Machine } from '../machine/machine.js';
import { MachineQueryService } from '../machine/query/machine-query.service.js';
import { boardOf, FIRMWARE_KINDS, firmwareOf, keyOf, kindOf, newFirmware } from './firmware.js';
import type { Board, Firmware, FirmwareKind } from './firmware.js';

/** How long an agent may fetch a file by the URL that it is given, in seconds. */
const URL_SECONDS = 2 * 3600;

/** Which files somebody wants to see; empty fields let everything through. */
export interface FirmwareQuery {
  readonly kind?: string | undefined;
  readonly vendor?: string | undefined;
  readonly board?: string | undefined;
}

/** Keeps firmware files in the object storage, and has machines updated with them. All of it throws `disabled` without. */
@Injectable()
export class FirmwareService implements OnModuleInit {
  constructor(
    private readonly files: ObjectStore,
    private readonly machines: MachineQueryService,
    private readonly commands: CommandService,
    private readonly directory: BmcDirectory,
  ) {}

  /** The address of a file is a secret, so it is made only when the message to the agent is. */
  onModuleInit(): void {
    this.directory.firmwareUrl.answerWith(async (machineId, { kind, revision }) => {
      const board = this.boardOf(machineId);
      return board && this.files.presign(keyOf({ ...board, kind, revision }), URL_SECONDS);
    });
  }

  /** The kinds that are asked for: both, unless one is named. */
  kinds({ kind = '' }: FirmwareQuery): readonly FirmwareKind[] {
    const known = kindOf(kind);
    return known ? [known] : FIRMWARE_KINDS;
  }

  /** The stored files, ordered by key. */
  async list(query: FirmwareQuery): Promise<Firmware[]> {
    this.files.require();
    const wanted = boardOf(query.vendor ?? '', query.board ?? '');
    const keys = await Promise.all(this.kinds(query).map((kind) => this.files.list(`${kind}/`)));
    return keys
      .flat()
      .flatMap((key) => firmwareOf(key) ?? [])
      .filter(({ vendor }) => wanted.vendor === '' || vendor.toLowerCase() === wanted.vendor)
      .filter(({ board }) => wanted.board === '' || board.toUpperCase() === wanted.board);
  }

  /** What a machine runs, as far as it is known. Throws `not-found`. */
  installed(machineId: string, query: FirmwareQuery): Firmware[] {
    this.files.require();
    const machine = this.machines.get(machineId);
    const board = this.boardOf(machine.id);
    if (!board) return [];
    return this.kinds(query).flatMap((kind) => {
      const revision = this.revisionOf(machine, kind);
      return revision === '' ? [] : { ...board, kind, revision };
    });
  }

  /**
   * Where the content of a new file goes; one of this name is replaced. Throws `malformed` for another kind than bios and
   * bmc, and for hardware that no machine has.
   */
  sink(kind: string, vendorName: string, boardName: string, revision: string): Sink {
    this.files.require();
    const firmware = newFirmware(kind, vendorName, boardName, revision);
    const { vendor, board } = firmware;
    if (!this.machines.search().some(({ id }) => isSame(this.boardOf(id), firmware))) {
      throw malformed(`there is no machine of vendor "${vendor}" with board "${board}"`);
    }
    return (file) => this.files.put(keyOf(firmware), file);
  }

  /** A file that is not there is no error. Throws `malformed` for another kind than bios and bmc. */
  async remove(kind: string, vendor: string, board: string, revision: string): Promise<void> {
    this.files.require();
    await this.files.remove(keyOf(newFirmware(kind, vendor, board, revision)));
  }

  /**
   * Has the agent of the partition install a stored revision. Throws `not-found`, `invalid` when the machine has it
   * already, when there is no such file for its hardware, and for a machine without partition.
   */
  async update(id: string, kind: string, revision: string, issuer: string): Promise<Machine> {
    this.files.require();
    const machine = this.machines.get(id);
    const machineId = machine.id;
    const known = kindOf(kind);
    if (known && revision !== '' && this.revisionOf(machine, known) === revision) {
      throw invalid(`machine "${machineId}" has revision "${revision}" of its ${known} already`);
    }
    const board = this.boardOf(machineId);
    const available = known && board ? await this.list({ kind, ...board }) : [];
    if (!known || !available.some((firmware) => firmware.revision === revision)) {
      const revisions = available.map((firmware) => firmware.revision).join(', ') || 'none';
      throw invalid(`machine "${machineId}" cannot get ${kind} revision "${revision}", there are: ${revisions}`);
    }
    const order = { machine: machineId, partition: machine.partitionId, issuer, firmware: { kind: known, revision } };
    await this.commands.issue({ ...order, type: 'command', command: 'UPDATE-FIRMWARE' });
    return machine;
  }

  private revisionOf({ id, bios }: Machine, kind: FirmwareKind): string {
    return kind === 'bios' ? bios.version : (this.machines.bmcOf(id)?.version ?? '');
  }

  /** Undefined as long as nobody reported which board is in the machine. */
  private boardOf(machineId: string): Board | undefined {
    const { boardMfg = '', boardPartNumber = '' } = this.machines.bmcOf(machineId)?.fru ?? {};
    return boardMfg === '' || boardPartNumber === '' ? undefined : boardOf(boardMfg, boardPartNumber);
  }
}

/** Takes in the content of a file. */
export type Sink = (file: Readable) => Promise<void>;

const isSame = (a: Board | undefined, b: Board): boolean => a?.vendor === b.vendor && a.board === b.board;
