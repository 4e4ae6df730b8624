import { describe, expect, it } from 'vitest';
import { auditedBody, auditedMessage, projectOf } from './audited-body.js';

describe('auditedBody', () => {
  it.each([
    [undefined, ''],
    ['', ''],
    ['null', 'null'],
    ['{ "a" : 1 }', '{"a":1}'],
    ['"{\\"statuscode\\":404}"', '{"statuscode":404}'],
    ['"text"', '"text"'],
    ['{"password":"x', '"14 bytes"'],
    ['x'.repeat(70_000), '"70000 bytes"'],
    [JSON.stringify(['x'.repeat(16_380)]), JSON.stringify(['x'.repeat(16_380)])],
    [JSON.stringify(['x'.repeat(16_381)]), '"16385 bytes"'],
    [JSON.stringify({ user_data: 'x'.repeat(100_000) }), '{"user_data":"***"}'],
    [JSON.stringify({ user_data: 'x'.repeat(300_000) }), '"300016 bytes"'],
    ['ü'.repeat(10), '"20 bytes"'],
  ])('stores %s as %s', (body, kept) => {
    expect(auditedBody(body)).toBe(kept);
    if (body !== undefined) expect(auditedBody(Buffer.from(body))).toBe(kept);
  });

  it('redacts secrets of any spelling at any depth', () => {
    const body = {
      console_password: 's3cret',
      ConsolePassword: 's3cret',
      user_data: 's3cret',
      reports: { m1: [{ ipmi: { password: 's3cret', user: 'metal' } }] },
      vpn: { auth_key: 's3cret' },
      Authorization: ['s3cret'],
      ssh_pub_keys: ['ssh-ed25519 AAAA', '-----BEGIN OPENSSH PRIVATE KEY----- s3cret'],
      key: 'label',
    };
    const kept = auditedBody(JSON.stringify(body));
    expect(kept).not.toContain('s3cret');
    expect(JSON.parse(kept)).toMatchObject({
      reports: { m1: [{ ipmi: { password: '***', user: 'metal' } }] },
      ssh_pub_keys: ['ssh-ed25519 AAAA', '***'],
      key: 'label',
    });
  });

  it.each([
    [{}, 0, '{}'],
    [{ uuid: 'm1', consolePassword: 's3cret' }, 40, '{"uuid":"m1","consolePassword":"***"}'],
    [{ superUserPassword: 's3cret', featureDisabled: false }, 0, '{"superUserPassword":"***","featureDisabled":false}'],
    [{ list: Array.from({ length: 9000 }, () => 'x') }, 0, '"36010 bytes"'],
    [{ list: Array.from({ length: 9000 }, () => 'x') }, 27_000, '"27000 bytes"'],
    [{ any: 1 }, 300_000, '"300000 bytes"'],
  ])('redacts secrets in messages and limits their length', (message, bytes, kept) => {
    expect(auditedMessage(message, bytes)).toBe(kept);
  });

  it('finds the project', () => {
    expect(projectOf('{"projectid":"p1"}')).toBe('p1');
    expect(projectOf('{"pid":"p2"}')).toBe('p2');
    expect(['null', '"14 bytes"', '[]', '{"projectid":7}'].map(projectOf)).toEqual(['', '', '', '']);
  });
});
