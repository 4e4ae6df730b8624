/** The part of the network page that its address keeps. */
export interface NetworksSearch {
  readonly partition?: string;
  readonly family?: 'IPv4' | 'IPv6';
  readonly filter?: string;
}

export const networksSearch = ({ partition, family, filter }: Record<string, unknown>): NetworksSearch => ({
  ...(isText(partition) && { partition: String(partition) }),
  ...((family === 'IPv4' || family === 'IPv6') && { family }),
  ...(isText(filter) && { filter: String(filter) }),
});

/** The router reads values that look like JSON as such. */
const isText = (value: unknown): boolean => (typeof value === 'string' && value !== '') || typeof value === 'number';
