/** Names on the broker (design §9). Partition and machine ids are escaped so that each is one token of a subject. */
export const COMMAND_STREAM = 'METAL_COMMANDS';
export const RESULT_STREAM = 'METAL_RESULTS';
export const ALL_COMMANDS = 'metal.command.*.*';
export const ALL_RESULTS = 'metal.result.*.*';
/** Durable consumer of the results; the API's replicas share it. */
export const RESULT_CONSUMER = 'journal';
export const ALLOCATION_NOTICE = 'metal.allocation';

export const commandSubject = (partition: string, machine: string): string =>
  `metal.command.${escapeToken(partition)}.${escapeToken(machine)}`;

export const resultSubject = (partition: string, machine: string): string =>
  `metal.result.${escapeToken(partition)}.${escapeToken(machine)}`;

/** Every command of a partition. */
export const partitionCommands = (partition: string): string => `metal.command.${escapeToken(partition)}.*`;

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
