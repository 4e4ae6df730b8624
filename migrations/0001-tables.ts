import type { Migration } from '../src/platform/store/migration/migration.js';

/** Creates the tables and logs of the first release. */
export const tables: Migration = {
  version: 1,
  name: 'tables',
  tables: [
    'apitoken',
    'asn',
    'bmc',
    'childprefix',
    'command',
    'event',
    'filesystemlayout',
    'image',
    'ip',
    'jobturn',
    'machine',
    'network',
    'partition',
    'placementledger',
    'prefixreservation',
    'project',
    'quotaledger',
    'size',
    'sizeimageconstraint',
    'sizereservation',
    'switch',
    'switchstatus',
    'tenant',
    'vrf',
  ],
  logs: ['audit', 'command_log'],
};
