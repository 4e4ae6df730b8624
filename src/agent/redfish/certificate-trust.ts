import { appendFileSync, readFileSync } from 'node:fs';
import { checkServerIdentity, connect } from 'node:tls';
import type { ConnectionOptions, PeerCertificate, TLSSocket } from 'node:tls';
import { isIP } from 'node:net';
import { after } from '../../shared/concurrency/timers.js';
import type { TrustSettings } from '../../config/agent-redfish-settings.js';
import { BmcError } from '../bmc/bmc-driver.js';

/** Where a BMC is reached, and the host name under which it is registered, if it is. */
export interface BmcEndpoint {
  readonly host: string;
  readonly port: number;
  readonly name?: string | undefined;
}

const FINGERPRINT = /^(?:[0-9a-f]{2}:?){31}[0-9a-f]{2}$/i;

/** Decides about the certificates of BMCs. Nothing is sent over a connection before its certificate is accepted. */
export class CertificateTrust {
  private readonly pins: Map<string, Set<string>>;

  constructor(private readonly options: TrustSettings) {
    this.pins = options.pinsFile === undefined ? new Map<string, Set<string>>() : readPins(options.pinsFile);
  }

  /** Connects within `timeoutMs` and checks the certificate. Rejects with BmcError. */
  async connect(endpoint: BmcEndpoint, timeoutMs: number): Promise<TLSSocket> {
    const { host, port, name } = endpoint;
    const options: ConnectionOptions = {
      host,
      port,
      // Old BMCs speak TLS 1.2 at best; node's default minimum is kept.
      rejectUnauthorized: false,
      // Checked below, so that the reason is told.
      checkServerIdentity: () => undefined,
      ALPNProtocols: ['http/1.1'],
      ...(this.options.ca && { ca: this.options.ca }),
      ...(name !== undefined && isIP(name) === 0 && { servername: name }),
    };
    const socket = await opened(options, labelOf(endpoint), timeoutMs);
    const objection = this.objection(socket, endpoint);
    if (objection === undefined) return socket;
    socket.destroy();
    throw new BmcError('certificate', `BMC ${labelOf(endpoint)}: ${objection}`);
  }

  /** Why the certificate is not accepted; undefined if it is. */
  private objection(socket: TLSSocket, endpoint: BmcEndpoint): string | undefined {
    const certificate = socket.getPeerCertificate();
    const { mode } = this.options;
    if (mode === 'any') return undefined;
    if (mode === 'verify') return this.unverified(socket, certificate, endpoint);
    const fingerprint = normalized(certificate.fingerprint256 ?? '');
    const label = labelOf(endpoint);
    const pinned = this.pins.get(label) ?? this.pins.get(endpoint.host) ?? new Set<string>();
    if (pinned.has(fingerprint) || this.pins.get('*')?.has(fingerprint)) return undefined;
    if (mode === 'pin-first' && pinned.size === 0) return this.pin(label, fingerprint);
    const found = `its certificate has the SHA-256 fingerprint ${fingerprint}`;
    return pinned.size === 0 ? `${found}, which is not pinned` : `${found}, but another one is pinned`;
  }

  private unverified(socket: TLSSocket, certificate: PeerCertificate, { host, name }: BmcEndpoint): string | undefined {
    if (!socket.authorized) {
      const reason = (socket.authorizationError as Error | string | undefined) ?? 'unknown reason';
      return `its certificate is not trusted: ${reason instanceof Error ? reason.message : reason}`;
    }
    return checkServerIdentity(name ?? host.split('%', 1)[0]!, certificate)?.message;
  }

  private pin(label: string, fingerprint: string): string | undefined {
    try {
      appendFileSync(this.options.pinsFile!, `${label} ${fingerprint}\n`, { mode: 0o600 });
    } catch (error) {
      return `its certificate cannot be pinned: ${(error as NodeJS.ErrnoException).code}`;
    }
    this.pins.set(label, new Set([fingerprint]));
    return undefined;
  }
}

/**
 * Reads lines of `ADDRESS[:PORT] SHA-256`; `*` as address is any BMC, `#` begins a comment. A missing file has no
 * pins. Throws an Error that names the first wrong line.
 */
function readPins(file: string): Map<string, Set<string>> {
  const pins = new Map<string, Set<string>>();
  for (const [index, line] of contentOf(file).split('\n').entries()) {
    const [place = '', fingerprint = '', ...more] = line.replace(/#.*/, '').trim().split(/\s+/);
    if (place === '') continue;
    if (more.length > 0 || !FINGERPRINT.test(fingerprint)) {
      throw new Error(`${file}, line ${index + 1}: expected an address and a SHA-256 fingerprint`);
    }
    pins.set(place, (pins.get(place) ?? new Set<string>()).add(normalized(fingerprint)));
  }
  return pins;
}

function contentOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return '';
    throw error;
  }
}

const normalized = (fingerprint: string): string => fingerprint.replaceAll(':', '').toLowerCase();

export const labelOf = ({ host, port }: BmcEndpoint): string =>
  host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;

function opened(options: ConnectionOptions, label: string, timeoutMs: number): Promise<TLSSocket> {
  return new Promise((resolve, reject) => {
    const fail = (error: BmcError): void => {
      cancel();
      socket.destroy();
      reject(error);
    };
    const late = () => fail(new BmcError('timeout', `BMC ${label} did not accept a connection within ${timeoutMs} ms`));
    const cancel = after(timeoutMs, late, { keepsAlive: true });
    const socket = connect(options, () => {
      cancel();
      resolve(socket);
    });
    // Stays, so that an error of a socket that is not in use does not end the process.
    socket.on('error', (error: NodeJS.ErrnoException) =>
      fail(new BmcError('unreachable', `BMC ${label} cannot be reached by HTTPS: ${error.code ?? error.message}`)),
    );
  });
}
