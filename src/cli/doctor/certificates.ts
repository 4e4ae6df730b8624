import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { connect } from 'node:tls';
import { ok, problem, warning } from './finding.js';
import type { Result } from './finding.js';

const DAY_MS = 24 * 3_600_000;

/** Certificates that expire within this many days are a warning. */
const SOON_DAYS = 30;

/** What the validity of a certificate means; `next` is what to do about it. */
export function validity(name: string, from: number, to: number, next: string, now = Date.now()): Result {
  const date = new Date(to).toISOString().slice(0, 10);
  const days = Math.floor((to - now) / DAY_MS);
  if (now > to) return problem(`${name} expired on ${date}`, next);
  if (now < from)
    return problem(`${name} is not valid before ${new Date(from).toISOString()}`, 'Check the clock: "timedatectl".');
  if (days < SOON_DAYS) return warning(`${name} expires on ${date}, in ${days} days`, next);
  return ok(`${name} expires on ${date}`);
}

const BLOCK = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;

/** All certificates of a PEM file. */
export function fileValidity(name: string, path: string, next: string): readonly Result[] {
  try {
    const blocks = readFileSync(path, 'latin1').match(BLOCK) ?? [];
    if (blocks.length === 0) return [problem(`${name} (${path}) has no certificate in PEM`, next)];
    return blocks.map((block) => {
      const { validFrom, validTo } = new X509Certificate(block);
      return validity(`${name} (${path})`, Date.parse(validFrom), Date.parse(validTo), next);
    });
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    return [problem(`${name} (${path}) cannot be read: ${code ?? message}`, `Check the file: "ls -l ${path}".`)];
  }
}

/** The certificate that a server presents, from any issuer. Rejects if there is no TLS server. */
export function peerValidity(host: string, port: number, next: string, signal: AbortSignal): Promise<Result> {
  return new Promise((resolve, reject) => {
    const options = { host, port, servername: /^[\d.:]+$/.test(host) ? undefined : host, rejectUnauthorized: false };
    const socket = connect(options, () => {
      const { valid_from: from, valid_to: to } = socket.getPeerCertificate();
      socket.destroy();
      resolve(validity(`the certificate of ${host}:${port}`, Date.parse(from), Date.parse(to), next));
    });
    socket.on('error', reject);
    signal.addEventListener('abort', () => socket.destroy(), { once: true });
  });
}
