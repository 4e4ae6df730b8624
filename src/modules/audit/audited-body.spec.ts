import { describe, expect, it } from 'vitest';
import { auditedBody, projectOf } from './audited-body.js';

describe('an audited body', () => {
  it.each([
    [undefined, 'null'],
    ['', 'null'],
    ['null', 'null'],
    ['{ "a" : 1 }', '{"a":1}'],
    ['"{\\"statuscode\\":404}"', '{"statuscode":404}'],
    ['"text"', '"text"'],
    ['{"password":"x', '"14 bytes"'],
    ['x'.repeat(70_000), '"70000 bytes"'],
  ])('%s is kept as %s', (body, kept) => {
    expect(auditedBody(body)).toBe(kept);
    if (body !== undefined) expect(auditedBody(Buffer.from(body))).toBe(kept);
  });

  it('shows no secret, however it is spelled and wherever it lies', () => {
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

  it('names the project', () => {
    expect(projectOf('{"projectid":"p1"}')).toBe('p1');
    expect(projectOf('{"pid":"p2"}')).toBe('p2');
    expect(['null', '"14 bytes"', '[]', '{"projectid":7}'].map(projectOf)).toEqual(['', '', '', '']);
  });
});
