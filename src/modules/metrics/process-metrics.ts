import { X509Certificate } from 'node:crypto';
import { statfsSync } from 'node:fs';
import { Injectable } from '@nestjs/common';
import { InjectConfig } from '../../config/config.module.js';
import type { Config } from '../../config/config.js';
import { Metrics } from '../../platform/telemetry/metrics.js';
import type { Reading } from '../../platform/telemetry/metrics.js';
import { Replicas } from '../replica/replicas.service.js';
import { readBuild } from '../version/build-info.js';

/** Exports facts about this process and its peers: version, replicas, certificates, disk. */
@Injectable()
export class ProcessMetrics {
  constructor(
    metrics: Metrics,
    replicas: Replicas,
    @InjectConfig() private readonly config: Config,
  ) {
    const { version, revision } = readBuild();
    metrics.gauge(
      'metal_api_build_info',
      'always 1; version and revision of the program',
      () => [{ labels: [version, revision], value: 1 }],
      'version',
      'revision',
    );
    metrics.gauge('metal_api_replicas', 'live replicas that this one sees, itself included', () => [
      { value: replicas.list().filter(({ alive }) => alive).length },
    ]);
    metrics.gauge(
      'metal_api_replica_differences',
      'differences of other live replicas from this one: keys, version, installation, clock',
      () => [{ value: replicas.differences().length }],
    );
    const expiries = this.expiries();
    metrics.gauge(
      'metal_api_certificate_expiry_timestamp_seconds',
      'when a certificate that was read at start expires, in seconds since the epoch',
      () => expiries,
      'certificate',
    );
    metrics.gauge('metal_api_data_folder_free_bytes', 'free space on the disk of the data folder', () =>
      this.freeBytes(),
    );
  }

  private expiries(): readonly Reading[] {
    const { tls } = this.config.grpc;
    const database = this.config.store.rethinkdb.tls;
    const files = {
      'grpc-server': tls?.cert,
      'grpc-ca': tls?.ca,
      'database-ca': database?.ca,
      'database-client': database?.client?.cert,
    };
    return Object.entries(files).flatMap(([name, pem]) => {
      const expiry = pem === undefined ? undefined : expiryOf(pem);
      return expiry === undefined ? [] : [{ labels: [name], value: expiry / 1000 }];
    });
  }

  private freeBytes(): readonly Reading[] {
    try {
      const { bavail, bsize } = statfsSync(this.config.store.dataDir);
      return [{ value: bavail * bsize }];
    } catch {
      return []; // a database in memory has no folder
    }
  }
}

/** Milliseconds since the epoch; undefined for what is not a certificate. */
function expiryOf(pem: Buffer): number | undefined {
  try {
    return Date.parse(new X509Certificate(pem).validTo);
  } catch {
    return undefined;
  }
}
