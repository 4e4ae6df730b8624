import type { FsckReportDto } from '../../../src/modules/fsck/fsck.dto.js';
import type { Figure } from '../report.js';
import type { Server } from '../server.js';

/** Checks that allocating and freeing left nothing behind. */
export async function consistency(server: Server): Promise<Figure[]> {
  const client = server.withToken();
  const { consistent, examined, findings } = JSON.parse((await client.ok('GET', '/fsck')).toString()) as FsckReportDto;
  client.close();
  const documents = Object.values(examined).reduce((sum, count) => sum + count, 0);
  return [
    {
      what: 'fsck after all of it',
      value: consistent ? 'consistent' : `${findings.length} violations`,
      reference: `${documents} documents examined`,
      target: { text: 'nothing found', met: consistent },
    },
    ...findings.slice(0, 3).map(({ message }) => ({ what: '  violation', value: message })),
  ];
}
