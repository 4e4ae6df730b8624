import { describe, expect, it } from 'vitest';
import { createLogger } from './logger.js';
import { redactLine } from './redact.js';
import { redactText } from './redact-text.js';
import { isSecretName } from './secret-names.js';

describe('redactText', () => {
  it.each([
    ['connected to nats://metal-api:s3cret@nats:4222', 'connected to nats://***@nats:4222'],
    ['https://user:p@ss:s3cret@host/path?x=1', 'https://***@host/path?x=1'],
    ['nats://a:s3cret@a:1,nats://b:s3cret@b:2', 'nats://***@a:1,nats://***@b:2'],
    ['nats://s3crettoken@host', 'nats://***@host'],
    [
      'r.table("users").insert({ "id": "metal", "password": "s3\\"cret" })',
      'r.table("users").insert({ "id": "metal", "password": "***" })',
    ],
    ["{ consolePassword: 's3cret', user: 'u' }", '{ consolePassword: "***", user: \'u\' }'],
    ['{"user_data":"#!s3cret","auth_key":"s3cret","name":"n"}', '{"user_data":"***","auth_key":"***","name":"n"}'],
    [
      'GET https://s3/bmc.bin?X-Amz-Signature=s3cret&X-Amz-Date=1',
      'GET https://s3/bmc.bin?X-Amz-Signature=***&X-Amz-Date=1',
    ],
    ['/v1/machine?token=s3cret&id=1', '/v1/machine?token=***&id=1'],
    ['Authorization: Bearer s3cret.abc.def', 'Authorization: Bearer ***'],
    ['Authorization: Metal-Admin s3cret0123456789', 'Authorization: Metal-Admin ***'],
    ['-----BEGIN PRIVATE KEY-----\ns3cret\n-----END PRIVATE KEY----- and more', '*** and more'],
    ['-----BEGIN RSA PRIVATE KEY-----\ns3cret', '***'],
  ])('%s', (text, expected) => {
    expect(redactText(text)).toBe(expected);
    expect(redactText(text)).not.toContain('s3cret');
  });

  it.each([
    'machine "m1" has no size: none matches',
    'https://host/path?id=1&key_id=2',
    'mail to operator@example.org',
    '{"name":"n","description":"a password is needed"}',
    'a basic question about Bearer tokens',
    'http://[::1]:8080/v1',
  ])('keeps a text without secrets unchanged: %s', (text) => expect(redactText(text)).toBe(text));

  it('redacts texts of any length and form quickly', () => {
    const nasty = [
      '"'.repeat(200_000),
      `password:"${'\\'.repeat(200_000)}`,
      'a://'.repeat(50_000),
      '?a='.repeat(60_000),
    ];
    for (const text of [...nasty, '-----BEGIN PRIVATE KEY-----'.repeat(4_000), "'a:".repeat(60_000)]) {
      const start = process.cpuUsage().user;
      redactText(text);
      expect(process.cpuUsage().user - start).toBeLessThan(1_000_000);
    }
  });
});

describe('isSecretName', () => {
  it.each(
    [
      'password',
      'consolePassword',
      'super_user_password',
      'METAL_API_DB_PASSWORD',
      'ipmi-passwd',
      'userData',
      'user_data',
    ].concat([
      'authKey',
      'auth_key',
      'key',
      'apiKey',
      'HMAC',
      'x-amz-security-token',
      'privateKey',
      'secretAccessKey',
      'Set-Cookie',
      'credentials',
    ]),
  )('accepts %s', (name) => expect(isSecretName(name)).toBe(true));

  it.each([
    'id',
    'keyboard',
    'publicKey',
    'ssh_pub_keys',
    'tokens',
    'bypassed',
    'compassion',
    'primaryKeys',
    'user',
    'keyId',
  ])('rejects %s', (name) => expect(isSecretName(name)).toBe(false));
});

describe('a log line', () => {
  it('contains no secret in its message, its fields, an error, its causes and stacks', () => {
    const lines: string[] = [];
    const logger = createLogger('info', { write: (line: string) => void lines.push(line) });
    const cause = new Error('insert({ password: "s3cret" })');
    logger.error(
      { err: new Error('nats://u:s3cret@h is down', { cause }), url: 'a?token=s3cret' },
      'at nats://u:s3cret@h',
    );
    logger.warn('bus: connected to nats://u:s3cret@h');
    logger.info({ list: ['x://u:s3cret@h', { hmac: 's3cret' }], err: 'Bearer s3cret123456' });
    expect(lines).toHaveLength(3);
    expect(lines.join('')).not.toContain('s3cret');
    expect(lines.join('')).toContain('nats://***@h is down');
    expect(redactLine({ list: ['x://u:s3cret@h'] })).toEqual({ list: ['x://***@h'] });
  });
});
