import { isRethinkDBError } from 'rethinkdb-ts';

/** Codes of Node.js for a certificate that has ended, or has not begun. */
const OUT_OF_DATE = /^CERT_(HAS_EXPIRED|NOT_YET_VALID)$/;
/** Codes for a certificate of an authority that is not trusted here. */
const UNTRUSTED = /CERT|ISSUER|LEAF_SIGNATURE|INVALID_CA|INVALID_PURPOSE|PATH_LENGTH/;
/** What OpenSSL says about bytes that are not TLS. */
const NO_TLS = /wrong version number|http request|packet length too long|record layer failure/i;

/**
 * Why no TLS connection to `database` came about, and which setting to change; undefined for every error that is not of
 * TLS. Repeating does not help.
 */
export function tlsProblemOf(error: unknown, database: string): string | undefined {
  if (!(error instanceof Error)) return undefined;
  const { code, reason = error.message } = error as NodeJS.ErrnoException & { reason?: string };
  if (isRethinkDBError(error) || typeof code !== 'string') return tlsProblemOf(error.cause, database);
  const said = `(${reason.replace(/\s+/g, ' ').trim()})`;
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID')
    return `the certificate of ${database} has another name ${said}: set METAL_API_DB_SERVER_NAME to one of its names`;
  if (OUT_OF_DATE.test(code)) return `the certificate of ${database} is not valid now ${said}: replace it there`;
  if (code.startsWith('ERR_SSL_') || code === 'EPROTO') return handshakeProblem(said, database);
  if (UNTRUSTED.test(code))
    return `the certificate of ${database} is not trusted ${said}: METAL_API_DB_CA_FILE must have the CA that issued it`;
  return undefined;
}

const handshakeProblem = (said: string, database: string): string =>
  NO_TLS.test(said)
    ? `${database} does not speak TLS ${said}: start it with --driver-tls-key and --driver-tls-cert, or unset the settings for TLS (METAL_API_DB_TLS, METAL_API_DB_CA_FILE, …)`
    : `${database} refuses the TLS connection ${said}: check METAL_API_DB_CLIENT_CERT_FILE and METAL_API_DB_CLIENT_KEY_FILE`;

/** What to try if a connection without TLS is closed by the other side, which a server for TLS does; else empty. */
export const tlsHint = (error: unknown): string =>
  error instanceof Error && /closed|ECONNRESET/.test(error.message)
    ? '; if it requires TLS, set METAL_API_DB_CA_FILE, or METAL_API_DB_TLS=true'
    : '';
