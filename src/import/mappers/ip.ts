import type { Content } from '../../shared/document.js';
import { Ip } from '../../shared/net/ip.js';
import { AUTO_DESCRIPTION, normalTags, type Attachment, type IpAddress } from '../../modules/ip/ip.js';
import { entity, text, texts } from '../fields.js';
import type { OldRow } from '../sources/source.js';
import { canonicalPrefix } from './network.js';

/** An IP with the machines that use it, as their allocations say. */
export const ipOf = (row: OldRow, attachments: readonly Attachment[]): Content<IpAddress> => {
  const isAuto = text(row, 'description') === AUTO_DESCRIPTION;
  return {
    ...entity(row),
    id: canonicalIp(text(row, 'id')),
    allocationUuid: text(row, 'allocationuuid'),
    prefix: canonicalPrefix(text(row, 'prefix')),
    networkId: text(row, 'networkid'),
    projectId: text(row, 'projectid'),
    type: text(row, 'type') === 'static' ? 'static' : 'ephemeral',
    tags: normalTags(texts(row, 'tags')),
    attachments: attachments.map((attachment) => ({ ...attachment, acquired: isAuto })),
  };
};

export const canonicalIp = (address: string): string => Ip.tryParseUnmapped(address)?.toString() ?? address;
