/** The installation of sites that have not named theirs. */
export const DEFAULT_INSTALLATION = 'metal';

/**
 * Names on the broker (design §9): streams, subjects and consumers of one installation, whose name is their first part,
 * so that several share a broker. Partition and machine ids are escaped so that each is one token of a subject.
 */
export class Names {
  readonly commandStream: string;
  readonly resultStream: string;
  readonly allCommands: string;
  readonly allResults: string;
  /** Tells replicas of allocations. */
  readonly allocationNotice: string;

  /** `installation` is one token of lower-case letters, digits and `-`. */
  constructor(readonly installation: string = DEFAULT_INSTALLATION) {
    this.commandStream = `${installation.toUpperCase()}${COMMANDS}`;
    this.resultStream = `${installation.toUpperCase()}${RESULTS}`;
    this.allCommands = `${installation}.command.*.*`;
    this.allResults = `${installation}.result.*.*`;
    this.allocationNotice = `${installation}.allocation`;
  }

  command(partition: string, machine: string): string {
    return `${this.installation}.command.${escapeToken(partition)}.${escapeToken(machine)}`;
  }

  result(partition: string, machine: string): string {
    return `${this.installation}.result.${escapeToken(partition)}.${escapeToken(machine)}`;
  }

  /** Every command of a partition. */
  partitionCommands(partition: string): string {
    return `${this.installation}.command.${escapeToken(partition)}.*`;
  }
}

/** What the names of streams end with. */
export const COMMANDS = '_COMMANDS';
export const RESULTS = '_RESULTS';

/** Durable consumer of the results; the API's replicas share it. */
export const RESULT_CONSUMER = 'journal';

/** Name of a partition's agents at the broker: as client, as user, and of the durable consumer that they share. */
export const agentName = (partition: string): string => `agent-${escapeToken(partition)}`;

/** Partition and machine of a command's or result's subject. */
export function parseSubject(subject: string): { partition: string; machine: string } {
  const [, , partition = '', machine = ''] = subject.split('.');
  return { partition: unescapeToken(partition), machine: unescapeToken(machine) };
}

/** Letters, digits, `-` and `_` stay; every other byte of the UTF-8 text becomes `=XX`. Reversible. */
export const escapeToken = (text: string): string =>
  [...Buffer.from(text, 'utf8')]
    .map((byte) => String.fromCharCode(byte))
    .map((char) => (/[A-Za-z0-9_-]/.test(char) ? char : `=${hexByte(char.charCodeAt(0))}`))
    .join('');

export const unescapeToken = (token: string): string =>
  Buffer.from(
    token.replace(/=([0-9A-F]{2})/g, (_, hex: string) => String.fromCharCode(parseInt(hex, 16))),
    'latin1',
  ).toString('utf8');

const hexByte = (byte: number): string => byte.toString(16).toUpperCase().padStart(2, '0');
