import { createPrivateKey, X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { Environment } from './environment.js';

/** PEM files: the CAs whose certificates are accepted, the own certificate with its chain, and its key. */
export interface TlsFiles {
  readonly ca: Buffer;
  readonly cert: Buffer;
  readonly key: Buffer;
}

/** Names of the variables that contain the paths of the files. */
type Variables = Readonly<Record<keyof TlsFiles, string>>;

/**
 * Reads and checks the three files of a TLS client or server. Each defect that would make every connection fail is
 * recorded as a violation that names the file. Returns undefined if there are any.
 */
export function tlsFiles(env: Environment, variables: Variables): TlsFiles | undefined {
  const ca = pem(env, variables.ca, 'certificates', checkAuthorities);
  const cert = pem(env, variables.cert, 'a certificate', checkCertificate);
  const key = pem(env, variables.key, 'a private key', checkKey);
  if (!ca || !cert || !key) return undefined;
  if (!new X509Certificate(cert).checkPrivateKey(createPrivateKey(key))) {
    env.violation(`${variables.key} is not the key of the certificate in ${variables.cert}`);
    return undefined;
  }
  return { ca, cert, key };
}

/** Throws an Error whose message names the defect of the content. */
type Check = (content: Buffer) => void;

function pem(env: Environment, name: string, what: string, check: Check): Buffer | undefined {
  const path = env.text(name);
  if (path === undefined) {
    env.violation(`${name} is not set, expected the path of a PEM file with ${what}`);
    return undefined;
  }
  try {
    const content = readFileSync(path);
    check(content);
    return content;
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const system = code !== undefined && /^E[A-Z]+$/.test(code);
    env.violation(`${name} is "${path}", which ${system ? `cannot be read: ${code}` : message}`);
    return undefined;
  }
}

const BLOCK = /-----BEGIN (?:X509 |TRUSTED )?CERTIFICATE-----[^-]*-----END (?:X509 |TRUSTED )?CERTIFICATE-----/g;

function certificates(content: Buffer): X509Certificate[] {
  const blocks = content.toString('latin1').match(BLOCK) ?? [];
  if (blocks.length === 0) throw new Error('has no certificate in PEM');
  return blocks.map((block) => {
    try {
      return new X509Certificate(block);
    } catch {
      throw new Error('has a certificate that is damaged');
    }
  });
}

/** Some of the CAs may have expired as long as one is valid, so that CAs can be rotated. */
function checkAuthorities(content: Buffer): void {
  const authorities = certificates(content);
  const leaf = authorities.find(({ ca }) => !ca);
  if (leaf) throw new Error(`has a certificate that is not a CA: ${subjectOf(leaf)}`);
  if (authorities.every((authority) => problemOf(authority) !== undefined)) throw new Error(problemOf(authorities[0]!));
}

function checkCertificate(content: Buffer): void {
  const problem = problemOf(certificates(content)[0]!);
  if (problem) throw new Error(problem);
}

function problemOf(certificate: X509Certificate): string | undefined {
  const [from, to] = [Date.parse(certificate.validFrom), Date.parse(certificate.validTo)];
  const of = `has a certificate of ${subjectOf(certificate)}`;
  if (Date.now() > to) return `${of} that expired on ${certificate.validTo}`;
  if (Date.now() < from) return `${of} that is not valid before ${certificate.validFrom}`;
  return undefined;
}

/** The subject of a certificate on one line, in quotes. */
const subjectOf = ({ subject }: X509Certificate): string => `"${(subject ?? '').replaceAll('\n', ', ')}"`;

function checkKey(content: Buffer): void {
  const text = content.toString('latin1');
  if (/ENCRYPTED/.test(text)) throw new Error('has an encrypted key, expected one without a passphrase');
  try {
    createPrivateKey(content);
  } catch {
    throw new Error('has no private key in PEM');
  }
}
