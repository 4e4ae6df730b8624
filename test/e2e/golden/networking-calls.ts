import type { Lab } from '../../../src/agent/simulator/lab.js';
import type { Calls } from './call.js';

/** Networks of operators and of projects. */
export async function networkCalls({ play, refuse }: Calls, { partition, projects }: Lab): Promise<void> {
  const plain = { destinationprefixes: [], privatesuper: false, underlay: false };
  const about = { name: 'DMZ', description: 'd', partitionid: partition, labels: { a: 'b' } };
  const dmz = { id: 'dmz', ...about, ...plain, nat: false, prefixes: ['192.0.2.0/25'] };
  await play('createNetwork', { as: 'admin', body: dmz });
  await refuse('createNetwork', 422, { as: 'admin', body: { ...dmz, id: 'overlaps', prefixes: ['192.0.2.64/26'] } });
  const prefixes = ['192.0.2.0/25', '192.0.2.128/25'];
  await play('updateNetwork', { as: 'admin', query: '?force=false', body: { id: 'dmz', name: 'Dmz', prefixes } });
  await play('findNetwork', { as: 'viewer', path: { id: 'dmz' } });
  await play('deleteNetwork', { as: 'admin', path: { id: 'dmz' } });
  const child = { partitionid: partition, projectid: projects.b, name: 'b', description: 'of b', labels: { c: 'd' } };
  const first = await play('allocateNetwork', { as: 'editor', body: { ...child, length: { IPv4: 24 } } });
  await refuse('allocateNetwork', 404, { as: 'editor', body: { ...child, projectid: 'nobody' } });
  await play('findNetworks', { as: 'viewer', body: { projectid: projects.b, id: null, labels: null } });
  await play('listNetworks', { as: 'viewer' });
  await play('freeNetwork', { as: 'editor', path: { id: first.id } });
  await refuse('freeNetwork', 404, { as: 'editor', path: { id: 'nowhere' } });
  const second = await play('allocateNetwork', { as: 'editor', body: child });
  await play('freeNetworkDeprecated', { as: 'editor', path: { id: second.id } });
}

/** Addresses of projects. */
export async function ipCalls({ play, refuse }: Calls, { internet, projects }: Lab): Promise<void> {
  const wanted = { networkid: internet, projectid: projects.a, name: 'www', description: 'd', tags: ['a=b'] };
  await play('allocateIP', { as: 'editor', body: { ...wanted, type: 'ephemeral' } });
  const ip = '203.0.113.50';
  const specific = { as: 'editor', path: { ip }, body: { ...wanted, name: 'ftp', type: 'static' } } as const;
  await play('allocateSpecificIP', specific);
  await refuse('allocateSpecificIP', 409, specific);
  await play('updateIP', { as: 'editor', body: { ipaddress: ip, name: 'FTP', type: 'static', tags: ['c=d'] } });
  await play('findIP', { as: 'viewer', path: { id: ip } });
  await play('findIPs', { as: 'viewer', body: { projectid: projects.a, type: 'static', tags: null } });
  await play('listIPs', { as: 'viewer' });
  await play('freeIP', { as: 'editor', path: { id: ip } });
  await refuse('freeIP', 404, { as: 'editor', path: { id: ip } });
  await play('allocateSpecificIP', specific);
  await play('freeIPDeprecated', { as: 'editor', path: { id: ip } });
}
