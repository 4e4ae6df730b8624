import type { Environment } from './environment.js';
import type { S3Settings } from './optional-services.js';

/** Scheduled backups. */
export interface BackupSettings {
  /** A folder; replicas on several hosts need one that they share. */
  readonly folder: string | undefined;
  /** A bucket in an S3-compatible store. */
  readonly s3: S3Settings | undefined;
  /** Age of the latest backup at which the next one is due, in milliseconds. */
  readonly every: number;
  /** How many are kept. */
  readonly keep: number;
}

const MINUTE = 60_000;

/** Reads the settings; undefined = there is no schedule. */
export function backupSettings(env: Environment): BackupSettings | undefined {
  const folder = env.text('METAL_API_BACKUP_DIR');
  const address = env.text('METAL_API_BACKUP_S3_ADDRESS');
  const every = env.duration('METAL_API_BACKUP_EVERY', 24 * 60 * MINUTE);
  const keep = env.integer('METAL_API_BACKUP_KEEP', 14, { min: 1, max: 10_000 });
  const s3 = {
    address: address ?? '',
    bucket: env.text('METAL_API_BACKUP_S3_BUCKET', ''),
    key: env.text('METAL_API_BACKUP_S3_KEY', ''),
    secret: env.text('METAL_API_BACKUP_S3_SECRET', ''),
  };
  if (every < MINUTE) env.violation('METAL_API_BACKUP_EVERY is too short, expected at least 1m');
  if (address === undefined) return folder === undefined ? undefined : { folder, s3: undefined, every, keep };
  if (folder !== undefined) env.violation('METAL_API_BACKUP_DIR and METAL_API_BACKUP_S3_ADDRESS are set, expected one');
  if (!URL.canParse(address)) {
    env.violation(`METAL_API_BACKUP_S3_ADDRESS is "${address}", expected a URL such as https://s3.example.org`);
  }
  if (s3.bucket === '') env.violation('METAL_API_BACKUP_S3_BUCKET is not set, expected the bucket for backups');
  return { folder: undefined, s3, every, keep };
}
