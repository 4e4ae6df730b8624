import type { Content } from '../../shared/document.js';
import { isDomainError } from '../../shared/errors/domain-error.js';
import { identifyImage, type Image, type ImageClassification, type ImageFeature } from '../../modules/image/image.js';
import { DEFAULT_PRIVATE_PREFIX_LENGTH, type Partition } from '../../modules/partition/partition.js';
import type { SizeImageConstraint } from '../../modules/size-image-constraint/size-image-constraint.js';
import type { SizeReservation } from '../../modules/size/size-reservation.js';
import type { ConstraintType, Size } from '../../modules/size/size.js';
import { count, dictionary, entity, moment, part, parts, text, texts } from '../fields.js';
import type { OldRow } from '../sources/source.js';

export function partitionOf(row: OldRow): Content<Partition> {
  const boot = part(row, 'bootconfig') ?? {};
  return {
    ...entity(row),
    mgmtServiceAddress: text(row, 'mgmtserviceaddr'),
    bootConfiguration: {
      imageUrl: text(boot, 'imageurl'),
      kernelUrl: text(boot, 'kernelurl'),
      commandLine: text(boot, 'commandline'),
    },
    labels: dictionary(row, 'labels'),
    dnsServers: dnsServersOf(row),
    ntpServers: ntpServersOf(row),
    // The old server had it in releases before v0.40; since then the super network says it.
    privateNetworkPrefixLength: count(row, 'privatenetworkprefixlength') || DEFAULT_PRIVATE_PREFIX_LENGTH,
  };
}

export const dnsServersOf = (row: OldRow): string[] => parts(row, 'dns_servers').map((server) => text(server, 'ip'));

/** The old database spells the field with a capital letter. */
export const ntpServersOf = (row: OldRow): string[] =>
  parts(row, 'ntp_servers').map((server) => text(server, 'Address') || text(server, 'address'));

export const sizeOf = (row: OldRow): Content<Size> => ({
  ...entity(row),
  labels: dictionary(row, 'labels'),
  constraints: parts(row, 'constraints').map((constraint) => ({
    type: text(constraint, 'type') as ConstraintType,
    min: count(constraint, 'min'),
    max: count(constraint, 'max'),
    identifier: text(constraint, 'identifier'),
  })),
});

export const sizeReservationOf = (row: OldRow): Content<SizeReservation> => ({
  ...entity(row),
  sizeId: text(row, 'sizeid'),
  partitionIds: texts(row, 'partitionids'),
  projectId: text(row, 'projectid'),
  amount: count(row, 'amount'),
  labels: dictionary(row, 'labels'),
});

export const sizeImageConstraintOf = (row: OldRow): Content<SizeImageConstraint> => ({
  ...entity(row),
  images: dictionary(row, 'images'),
});

export const imageOf = (row: OldRow): Content<Image> => ({
  ...entity(row),
  url: text(row, 'url'),
  features: Object.keys(part(row, 'features') ?? {}).sort() as ImageFeature[],
  classification: text(row, 'classification') as ImageClassification,
  expirationDate: moment(row, 'expirationDate'),
  ...osAndVersion(row),
});

/** As the id says; an id that today's rules refuse keeps what the old server made of it. */
function osAndVersion(row: OldRow): Pick<Image, 'os' | 'version'> {
  try {
    const { os, version } = identifyImage(text(row, 'id'));
    return { os, version };
  } catch (error) {
    if (!isDomainError(error)) throw error;
    return { os: text(row, 'os'), version: text(row, 'version') };
  }
}
