import type { Firmware, FirmwareKind } from './firmware.js';
import type { FirmwaresResponse, VendorRevisions } from './firmware.dto.js';

/** Contains every requested kind, even if it has no files. */
export const toFirmwaresResponse = (
  kinds: readonly FirmwareKind[],
  firmwares: readonly Firmware[],
): FirmwaresResponse => ({
  revisions: Object.fromEntries(
    kinds.map((kind) => [kind, toVendorRevisions(firmwares.filter((firmware) => firmware.kind === kind))]),
  ),
});

const toVendorRevisions = (firmwares: readonly Firmware[]): VendorRevisions => ({
  VendorRevisions: grouped(firmwares, 'vendor', (ofVendor) => ({
    BoardRevisions: grouped(ofVendor, 'board', (ofBoard) => [...new Set(ofBoard.map(({ revision }) => revision))]),
  })),
});

function grouped<T>(
  firmwares: readonly Firmware[],
  by: 'vendor' | 'board',
  map: (group: readonly Firmware[]) => T,
): Record<string, T> {
  const names = [...new Set(firmwares.map((firmware) => firmware[by]))];
  return Object.fromEntries(names.map((name) => [name, map(firmwares.filter((firmware) => firmware[by] === name))]));
}
