import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { searchPath } from './installed.js';

/** Paths of PEM files. */
export interface Certificate {
  readonly cert: string;
  readonly key: string;
}

/** A certificate authority for tests, with its files in `folder`. Requires openssl. */
export class TestAuthority {
  readonly cert: string;
  private readonly key: string;

  constructor(
    private readonly folder: string,
    name: string,
  ) {
    this.cert = join(folder, `${name}.crt`);
    this.key = join(folder, `${name}.key`);
    this.openssl('req', '-x509', '-subj', `/CN=${name}`, '-days', '2', ...newKey(this.key), '-out', this.cert);
  }

  /** The certificate of the CA, for clients. */
  get pem(): Buffer {
    return readFileSync(this.cert);
  }

  /** Issues a certificate with the subject alternative names `names`, e.g. `DNS:db.example`. */
  issue(name: string, names: string): Certificate {
    const path = (suffix: string): string => join(this.folder, `${name}.${suffix}`);
    const [cert, key, request, extensions] = [path('crt'), path('key'), path('csr'), path('ext')];
    writeFileSync(extensions, `subjectAltName=${names}\nextendedKeyUsage=serverAuth,clientAuth\n`);
    this.openssl('req', '-subj', `/CN=${name}`, ...newKey(key), '-out', request);
    const signing = ['-CA', this.cert, '-CAkey', this.key, '-CAcreateserial', '-days', '2', '-extfile', extensions];
    this.openssl('x509', '-req', '-in', request, ...signing, '-out', cert);
    return { cert, key };
  }

  private openssl(...args: readonly string[]): void {
    execFileSync('openssl', args, { stdio: 'ignore', env: { ...process.env, PATH: searchPath() } });
  }
}

const newKey = (path: string): readonly string[] => ['-newkey', 'rsa:2048', '-nodes', '-keyout', path];
