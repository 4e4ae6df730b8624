/** The installation name of sites that have not set one. */
export const DEFAULT_INSTALLATION = 'metal';

/**
 * Names on the broker (docs/concepts/design.md#bus): streams, subjects and consumers of one installation. They begin
 * with the installation's name, so that several installations can share a broker. Partition and machine IDs are escaped
 * so that each is one token of a subject.
 */
export class BrokerNames {
  readonly commandStream: string;
  readonly resultStream: string;
  readonly allCommands: string;
  readonly allResults: string;

  /** `installation` is one token of lower-case letters, digits and `-`. */
  constructor(readonly installation: string = DEFAULT_INSTALLATION) {
    this.commandStream = `${installation.toUpperCase()}${COMMAND_STREAM_SUFFIX}`;
    this.resultStream = `${installation.toUpperCase()}${RESULT_STREAM_SUFFIX}`;
    this.allCommands = `${installation}.command.*.*`;
    this.allResults = `${installation}.result.*.*`;
  }

  command(partition: string, machine: string): string {
    return `${this.installation}.command.${escapeToken(partition)}.${escapeToken(machine)}`;
  }

  result(partition: string, machine: string): string {
    return `${this.installation}.result.${escapeToken(partition)}.${escapeToken(machine)}`;
  }

  /** All commands of a partition. */
  partitionCommands(partition: string): string {
    return `${this.installation}.command.${escapeToken(partition)}.*`;
  }
}

/** Suffixes of stream names. */
export const COMMAND_STREAM_SUFFIX = '_COMMANDS';
export const RESULT_STREAM_SUFFIX = '_RESULTS';

/** Durable consumer of the results, shared by the replicas of the API. */
export const RESULT_CONSUMER = 'journal';

/** Name of a partition's agents at the broker: as client, as user, and of the durable consumer that they share. */
export const agentName = (partition: string): string => `agent-${escapeToken(partition)}`;

/** Partition and machine in the subject of a command or result. */
export function parseSubject(subject: string): { partition: string; machine: string } {
  const [, , partition = '', machine = ''] = subject.split('.');
  return { partition: unescapeToken(partition), machine: unescapeToken(machine) };
}

/** Keeps letters, digits, `-` and `_`; every other byte of the UTF-8 text becomes `=XX`. Reversible. */
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
