import { malformed } from '../../shared/errors/domain-error.js';

/** The parts of a machine whose firmware can be updated. */
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

/** Returns undefined for an unknown kind; case-insensitive. */
export const parseFirmwareKind = (text: string): FirmwareKind | undefined =>
  FIRMWARE_KINDS.find((kind) => kind === text.toLowerCase());

/** The object key of the file in its bucket (docs/reference/firmware.md#storage). */
export const firmwareObjectKey = ({ kind, vendor, board, revision }: Firmware): string =>
  `${kind}/${vendor}/${board}/${revision}`;

/** Returns the firmware stored under a key; undefined for a key of another object. */
export function firmwareOf(key: string): Firmware | undefined {
  const [kind = '', vendor = '', board = '', revision = '', ...more] = key.split('/');
  const known = parseFirmwareKind(kind);
  return known === kind && revision !== '' && more.length === 0 ? { kind, vendor, board, revision } : undefined;
}

/** Maximum length of each part of a key, in bytes: S3 allows 1024 for the whole. */
const PART_BYTES = 255;

/** Throws `malformed` for an unknown kind, or for a part that is not valid in a key. */
export function newFirmware(kind: string, vendor: string, board: string, revision: string): Firmware {
  const known = parseFirmwareKind(kind);
  if (!known) throw malformed(`kind "${kind}" of firmware is unknown, expected one of ${FIRMWARE_KINDS.join(', ')}`);
  for (const [name, part] of Object.entries({ vendor, board, revision })) checkPart(name, part);
  return { kind: known, ...boardOf(vendor, board), revision };
}

function checkPart(name: string, part: string): void {
  // S3 lists keys as XML, which cannot represent control characters and the like.
  const isName = part !== '.' && part !== '..' && /^[^/\p{C}]+$/u.test(part);
  if (!isName || Buffer.byteLength(part) > PART_BYTES) {
    const wanted = `a name of at most ${PART_BYTES} bytes without slash and control characters`;
    throw malformed(`${name} ${JSON.stringify(part)} of firmware must be ${wanted}`);
  }
}
