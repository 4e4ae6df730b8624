import { describe, expect, it } from 'vitest';
import type { DomainError } from '../../../shared/errors/domain-error.js';
import { explainFailure, isTransient } from './failures.js';
import { tlsHint, tlsProblemOf } from './tls-failure.js';

const DATABASE = 'the database at db:28015';
const failure = (code: string, message: string, reason?: string): Error =>
  Object.assign(new Error(message), { code, ...(reason && { reason }) });

describe('TLS with the database', () => {
  it.each([
    ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'unable to verify the first certificate', 'METAL_API_DB_CA_FILE must have'],
    ['UNABLE_TO_GET_ISSUER_CERT_LOCALLY', 'unable to get local issuer certificate', 'METAL_API_DB_CA_FILE must have'],
    ['SELF_SIGNED_CERT_IN_CHAIN', 'self-signed certificate in certificate chain', 'METAL_API_DB_CA_FILE must have'],
    ['DEPTH_ZERO_SELF_SIGNED_CERT', 'self-signed certificate', 'is not trusted (self-signed certificate)'],
    ['INVALID_PURPOSE', 'unsuitable certificate purpose', 'is not trusted (unsuitable certificate purpose)'],
    ['CERT_HAS_EXPIRED', 'certificate has expired', 'is not valid now (certificate has expired): replace it there'],
    ['CERT_NOT_YET_VALID', 'certificate is not yet valid', 'is not valid now'],
    ['ERR_TLS_CERT_ALTNAME_INVALID', "Host: db. is not in the cert's altnames", 'METAL_API_DB_SERVER_NAME'],
  ])('names the setting for a certificate with %s', (code, message, text) => {
    expect(tlsProblemOf(failure(code, message), DATABASE)).toContain(text);
    expect(tlsProblemOf(failure(code, message), DATABASE)).toContain(`the certificate of ${DATABASE}`);
  });

  it.each([
    ['ERR_SSL_WRONG_VERSION_NUMBER', 'wrong version number', 'does not speak TLS (wrong version number)'],
    ['ERR_SSL_HTTP_REQUEST', 'http request', 'does not speak TLS'],
    ['ERR_SSL_PACKET_LENGTH_TOO_LONG', 'packet length too long', 'unset the settings for TLS'],
    ['ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED', 'tlsv13 alert certificate required', '_CLIENT_CERT_FILE'],
    [
      'ERR_SSL_SSLV3_ALERT_BAD_CERTIFICATE',
      'sslv3 alert bad certificate',
      'refuses the TLS connection (sslv3 alert bad',
    ],
    ['ERR_SSL_TLSV1_ALERT_UNKNOWN_CA', 'tlsv1 alert unknown ca', '_CLIENT_KEY_FILE'],
  ])('says what to change after %s, without the error queue of OpenSSL', (code, reason, text) => {
    const error = failure(code, `805C:error:0A00010B:SSL routines:x:${reason}:../deps/x.c:350:\n`, reason);
    const told = (explainFailure(error, { host: 'db', port: 28015, user: 'metal' }) as DomainError).message;
    expect(told).toContain(text);
    expect(told).toContain(DATABASE);
    expect(told).not.toMatch(/deps|\n/);
    expect(isTransient(error)).toBe(false);
  });

  it.each([
    failure('ECONNREFUSED', 'connect ECONNREFUSED 127.0.0.1:28015'),
    failure('ENOENT', 'no such file'),
    new Error('certificate'),
    'CERT_HAS_EXPIRED',
    undefined,
  ])('is not blamed for %s', (error) => expect(tlsProblemOf(error, DATABASE)).toBeUndefined());

  it('is found behind other errors', () => {
    const error = new Error('cannot connect', { cause: failure('CERT_HAS_EXPIRED', 'certificate has expired') });
    expect(tlsProblemOf(error, DATABASE)).toContain('certificate has expired');
  });

  it.each([
    [new Error('The connection was closed before the query could be completed'), true],
    [new Error('Connection is closed.'), true],
    [failure('ECONNRESET', 'read ECONNRESET'), true],
    [failure('ECONNREFUSED', 'connect ECONNREFUSED 127.0.0.1:9'), false],
    [failure('ENOTFOUND', 'getaddrinfo ENOTFOUND db'), false],
    ['closed', false],
  ])('is suggested after %s: %s', (error, isSuggested) => {
    expect(tlsHint(error).includes('METAL_API_DB_TLS=true')).toBe(isSuggested);
  });
});
