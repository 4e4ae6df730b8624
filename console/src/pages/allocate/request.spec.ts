import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { EMPTY_FORM, curlLine, metalctlLine, missingOf, quote, requestOf } from './request.js';
import type { Form } from './request.js';

const form: Form = {
  ...EMPTY_FORM,
  project: 'p-1',
  partition: 'muc',
  size: 'c1',
  image: 'ubuntu-24.04',
  name: "Ada's worker",
  networks: ['n1', 'internet'],
  sshKeys: '\n ssh-ed25519 AAAA ada@host \n\nssh-rsa BBBB\n',
  userData: '#!/bin/sh\necho "$HOME"',
};

/** The arguments that a POSIX shell passes for the line. */
const wordsOf = (line: string): string[] =>
  execFileSync('/bin/sh', ['-c', `show() { for word; do printf '%s\\0' "$word"; done; }; show ${line}`], {
    env: { TOKEN: 'secret' },
  })
    .toString()
    .split('\0')
    .slice(0, -1);

describe('the request of the form', () => {
  it('has what was filled in, and nothing else', () => {
    expect(requestOf(form)).toEqual({
      projectid: 'p-1',
      partitionid: 'muc',
      sizeid: 'c1',
      imageid: 'ubuntu-24.04',
      ssh_pub_keys: ['ssh-ed25519 AAAA ada@host', 'ssh-rsa BBBB'],
      name: "Ada's worker",
      user_data: '#!/bin/sh\necho "$HOME"',
      networks: [
        { networkid: 'n1', autoacquire: true },
        { networkid: 'internet', autoacquire: true },
      ],
    });
  });

  it('needs project, partition, size, image and network, and with a machine no partition and size', () => {
    expect(missingOf(EMPTY_FORM)).toEqual(['a project', 'a partition', 'a size', 'an image', 'a network']);
    expect(missingOf({ ...EMPTY_FORM, uuid: 'x' })).toEqual(['a project', 'an image', 'a network']);
    expect(missingOf(form)).toEqual([]);
  });
});

describe('the request for a firewall', () => {
  const firewall: Form = {
    ...{ ...form, role: 'firewall', dnsServers: ['1.1.1.1'], ntpServers: ['ntp.example.org'] },
    ...{ egress: '443 to 0.0.0.0/0 # web', ingress: 'tcp 22 from 192.0.2.0/24' },
  };

  it('has rules, which machines have not, and servers', () => {
    const egress = [{ protocol: 'tcp', ports: [443], to: ['0.0.0.0/0'], comment: 'web' }];
    const ingress = [{ protocol: 'tcp', ports: [22], from: ['192.0.2.0/24'], to: [] }];
    expect(requestOf(firewall)).toMatchObject({
      firewall_rules: { egress, ingress },
      dns_servers: [{ ip: '1.1.1.1' }],
      ntp_servers: [{ address: 'ntp.example.org' }],
    });
    expect(requestOf({ ...firewall, role: 'machine' })).not.toHaveProperty('firewall_rules');
    expect(missingOf({ ...firewall, egress: 'web' })).toEqual(['well-formed egress rules']);
    const [write, call] = metalctlLine(firewall).split('\nmetalctl ');
    expect(JSON.parse(wordsOf(write!.replace(' > rules.yaml', '')).at(-1)!)).toEqual({ egress, ingress });
    expect(call).toContain('--firewall-rules-file rules.yaml');
    expect(call).not.toContain('dnsservers');
    expect(metalctlLine({ ...firewall, role: 'machine' })).toContain('--dnsservers 1.1.1.1');
  });
});

describe('the lines to copy', () => {
  it.each(['', 'plain', "it's", '$(id) `id` "x"', 'a\nb', '*', '-x y', 'a\\b'])('quote %j for a shell', (text) =>
    expect(wordsOf(quote(text))).toEqual([text]),
  );

  it('send the same request with curl', () => {
    const words = wordsOf(curlLine({ ...form, role: 'firewall' }, 'https://api.example/metal/'));
    expect(words.slice(0, 4)).toEqual(['curl', '-X', 'POST', 'https://api.example/metal/v1/firewall/allocate']);
    expect(words).toContain('Authorization: Bearer secret');
    expect(JSON.parse(words.at(-1)!)).toEqual(requestOf(form));
  });

  it('have the values as flags of metalctl', () => {
    const words = wordsOf(metalctlLine(form));
    expect(words.slice(0, 3)).toEqual(['metalctl', 'machine', 'create']);
    const flag = (name: string): string | undefined => words[words.indexOf(`--${name}`) + 1];
    expect([flag('name'), flag('networks'), flag('userdata')]).toEqual([form.name, 'n1,internet', form.userData]);
    expect(words).not.toContain('--ips');
  });
});
