import { malformed } from '../../shared/errors/domain-error.js';

/** What of a machine has firmware that can be exchanged. */
export const FIRMWARE_KINDS = ['bios', 'bmc'] as const;

export type FirmwareKind = (typeof FIRMWARE_KINDS)[number];

/** The hardware that a firmware file is for: the vendor in lower case, the board in upper case. */
export interface Board {
  readonly vendor: string;
  readonly board: string;
}

/** One firmware file. */
export interface Firmware extends Board {
  readonly kind: FirmwareKind;
  readonly revision: string;
}

export const boardOf = (vendor: string, board: string): Board => ({
  vendor: vendor.toLowerCase(),
  board: board.toUpperCase(),
});

/** Undefined for what is no kind; letter case does not count. */
export const kindOf = (text: string): FirmwareKind | undefined =>
  FIRMWARE_KINDS.find((kind) => kind === text.toLowerCase());

/** Where the file lies in the bucket (reference/10 §1.4). */
export const keyOf = ({ kind, vendor, board, revision }: Firmware): string => `${kind}/${vendor}/${board}/${revision}`;

/** The firmware behind a key; undefined for a key of something else. */
export function firmwareOf(key: string): Firmware | undefined {
  const [kind = '', vendor = '', board = '', revision = '', ...more] = key.split('/');
  const known = kindOf(kind);
  return known === kind && revision !== '' && more.length === 0 ? { kind, vendor, board, revision } : undefined;
}

/** Of each part of a key, in bytes: S3 allows 1024 for the whole. */
const PART_BYTES = 255;

/** Throws `malformed` for an unknown kind, or a part that cannot be part of a key. */
export function newFirmware(kind: string, vendor: string, board: string, revision: string): Firmware {
  const known = kindOf(kind);
  if (!known) throw malformed(`kind "${kind}" of firmware is unknown, expected one of ${FIRMWARE_KINDS.join(', ')}`);
  for (const [name, part] of Object.entries({ vendor, board, revision })) checkPart(name, part);
  return { kind: known, ...boardOf(vendor, board), revision };
}

function checkPart(name: string, part: string): void {
  // S3 lists keys as XML, which cannot carry characters that are no text.
  const isName = part !== '.' && part !== '..' && /^[^/\p{C}]+$/u.test(part);
  if (!isName || Buffer.byteLength(part) > PART_BYTES) {
    const wanted = `a name of at most ${PART_BYTES} bytes without slash and control characters`;
    throw malformed(`${name} ${JSON.stringify(part)} of firmware must be ${wanted}`);
  }
}
