import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { TlsFiles } from '../../src/config/tls-files.js';

/** Certificates that `deploy/make-certificates.sh` creates, in a temporary folder. Requires openssl. */
export class Certificates {
  readonly folder = mkdtempSync(join(tmpdir(), 'metal-certificates-'));

  /** Runs the script with these arguments, e.g. names of partitions; returns its output. */
  make(...args: string[]): string {
    const script = resolve('deploy/make-certificates.sh');
    return execFileSync(script, ['-d', this.folder, ...args], { stdio: 'pipe', encoding: 'utf8' });
  }

  path(name: string): string {
    return join(this.folder, name);
  }

  /** The files of `server` or of a partition. */
  files(name: string): TlsFiles {
    const read = (file: string) => readFileSync(this.path(file));
    return { ca: read('ca.crt'), cert: read(`${name}.crt`), key: read(`${name}.key`) };
  }

  /** TLS settings of a server. */
  serverVariables(): Record<string, string> {
    return {
      METAL_API_GRPC_TLS_ENABLED: 'true',
      METAL_API_GRPC_CA_CERT_FILE: this.path('ca.crt'),
      METAL_API_GRPC_SERVER_CERT_FILE: this.path('server.crt'),
      METAL_API_GRPC_SERVER_KEY_FILE: this.path('server.key'),
    };
  }
}
