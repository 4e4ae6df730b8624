import { firstRepeated } from '../../shared/contains-all.js';
import { malformed } from '../../shared/errors/domain-error.js';
import type { DomainError } from '../../shared/errors/domain-error.js';
import { overlap, parseConstraint } from '../../shared/semver/constraint.js';
import { checkImageConstraints } from '../image/image.js';
import type { Disk, FilesystemLayout } from './filesystem-layout.js';
import type { LayoutFields } from './layout-draft.js';

/**
 * Checks that a layout can be applied, in the order of docs/reference/filesystem-layouts.md#validation. Throws
 * `malformed`.
 */
export function checkLayout(layout: LayoutFields): void {
  const devices = new Set<string>();
  layout.disks.forEach((disk) => checkDisk(disk, devices));
  checkRaids(layout, devices);
  checkVolumes(layout, devices);
  checkFilesystems(layout, devices);
  checkImageConstraints(layout.constraints.images);
  checkSizes(layout.constraints.sizes);
}

function checkDisk({ device, partitions }: Disk, devices: Set<string>): void {
  devices.add(device);
  const separator = device.startsWith('/dev/nvme') ? 'p' : '';
  const numbers = new Set<number>();
  for (const { number } of partitions) {
    if (numbers.has(number)) throw malformed(`partition number ${number} of ${device} is used twice`);
    numbers.add(number);
    devices.add(`${device}${separator}${number}`);
  }
  const variable = partitions.filter(({ size }) => size === 0);
  if (variable.length > 1)
    throw malformed(`${device} has ${variable.length} partitions of size 0, at most one is allowed`);
  const last = partitions.reduce((highest, { number }) => Math.max(highest, number), 0);
  if (variable[0] && variable[0].number !== last) {
    throw malformed(
      `partition ${variable[0].number} of ${device} takes the rest of the disk (size 0), only the last one, ${last}, may`,
    );
  }
}

function checkRaids({ raid }: LayoutFields, devices: Set<string>): void {
  for (const { arrayName, devices: members } of raid) {
    for (const member of members) requireDevice(devices, member, `raid ${arrayName}`);
    devices.add(arrayName);
  }
}

function checkVolumes({ volumeGroups, logicalVolumes }: LayoutFields, devices: Set<string>): void {
  const groups = new Map<string, number>();
  for (const { name, devices: members } of volumeGroups) {
    for (const member of members) requireDevice(devices, member, `volume group ${name}`);
    groups.set(name, members.length);
  }
  logicalVolumes.forEach(({ name, volumeGroup, size, lvmType }, index) => {
    if (size === 0 && index < logicalVolumes.length - 1) {
      throw malformed(`logical volume ${name} takes the rest (size 0), only the last one of the layout may`);
    }
    const members = groups.get(volumeGroup);
    if (members === undefined)
      throw malformed(`volume group "${volumeGroup}" of logical volume ${name} is not defined`);
    if (lvmType !== 'linear' && members < 2) {
      throw malformed(
        `logical volume ${name} is ${lvmType}: volume group ${volumeGroup} requires 2 devices, has ${members}`,
      );
    }
    devices.add(`/dev/${volumeGroup}/${name}`);
  });
}

function checkFilesystems({ filesystems }: LayoutFields, devices: Set<string>): void {
  for (const { device, format, path, createOptions } of filesystems) {
    if (format === 'tmpfs') continue;
    requireDevice(devices, device, `filesystem ${path ?? '(not mounted)'}`);
    const words = createOptions.find((option) => /\s/.test(option.trim()));
    if (words !== undefined) {
      throw malformed(
        `createoption "${words}" of the filesystem on ${device} must be one word; use one element per word`,
      );
    }
  }
}

function requireDevice(devices: Set<string>, device: string, user: string): void {
  if (!devices.has(device))
    throw malformed(`device "${device}" of ${user} is not provided by any disk, raid or volume`);
}

function checkSizes(sizes: readonly string[]): void {
  const wildcard = sizes.find((size) => size.includes('*'));
  if (wildcard !== undefined) throw malformed(`size "${wildcard}" of the constraints must not contain a "*"`);
  const twice = firstRepeated(sizes);
  if (twice !== undefined) throw malformed(`size "${twice}" of the constraints is listed twice`);
}

/**
 * Throws `malformed`, listing all sizes and images for which both this and another layout would be selected. Exact: two
 * layouts collide if some release of the image satisfies the constraints of both
 * (docs/reference/filesystem-layouts.md#validation).
 */
export function checkCollisions(layout: { id: string } & LayoutFields, others: Iterable<FilesystemLayout>): void {
  const collisions: string[] = [];
  const sizes = new Set(layout.constraints.sizes);
  for (const other of others) {
    if (other.id === layout.id) continue;
    for (const collision of collisionsOf(layout.constraints.images, sizes, other)) {
      collisions.push(collision);
      if (collisions.length === MAX_COLLISIONS) throw colliding(layout.id, collisions);
    }
  }
  if (collisions.length > 0) throw colliding(layout.id, collisions);
}

/** As many as a person will read. */
const MAX_COLLISIONS = 20;

function colliding(id: string, collisions: readonly string[]): DomainError {
  const more = collisions.length === MAX_COLLISIONS ? '; possibly more' : '';
  return malformed(`filesystem layout "${id}" collides with others: ${collisions.join('; ')}${more}`);
}

function* collisionsOf(
  ownImages: Readonly<Record<string, string>>,
  ownSizes: ReadonlySet<string>,
  other: FilesystemLayout,
): Iterable<string> {
  const theirSizes = new Set(other.constraints.sizes);
  const sizes = [...ownSizes].filter((size) => theirSizes.has(size));
  if (sizes.length === 0) return;
  const images = Object.entries(ownImages).filter(([os, text]) => {
    const theirs = Object.hasOwn(other.constraints.images, os) ? other.constraints.images[os] : undefined;
    return theirs !== undefined && overlap(parseConstraint(text), parseConstraint(theirs));
  });
  for (const size of sizes) {
    for (const [os, text] of images) {
      yield `"${other.id}" is for size ${size} with ${os} ${other.constraints.images[os]}, which overlaps with ${text}`;
    }
  }
}
