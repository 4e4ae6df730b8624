import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { Certificates } from '../../test/support/certificates.js';
import { installed } from '../../test/support/installed.js';
import { ConfigError } from './config-error.js';
import { loadConfig } from './config.js';
import { loadSimulatorConfig } from './simulator-config.js';

const keys = {
  METAL_API_HMAC_VIEW_KEY: 'view-key-of-sixteen',
  METAL_API_HMAC_EDIT_KEY: 'edit-key-of-sixteen',
  METAL_API_HMAC_ADMIN_KEY: 'admin-key-of-sixteen',
};

const violations = (load: () => unknown): readonly string[] => {
  try {
    load();
    return [];
  } catch (error) {
    if (error instanceof ConfigError) return error.violations;
    throw error;
  }
};
const ofServer = (variables: Record<string, string>) => violations(() => loadConfig({ ...keys, ...variables }));
const at = (host: string) => ({ METAL_API_GRPC_BIND_ADDR: host });

describe('the address of the gRPC port', () => {
  it('is loopback by default', () => {
    expect(loadConfig(keys).grpc).toMatchObject({ host: '127.0.0.1', insecure: false, superUserPassword: false });
  });

  it.each(['127.0.0.1', '127.1.2.3', '::1', 'localhost'])('may be %s without TLS', (host) => {
    expect(ofServer(at(host))).toEqual([]);
  });

  it.each(['0.0.0.0', '::', '10.0.0.1', 'metal-api.example.org', '127.example.org', 'fe80::1', '::ffff:10.0.0.1'])(
    'cannot be %s without TLS; the error names the remedies',
    (host) => {
      const [told, ...others] = ofServer(at(host));
      expect(others).toEqual([]);
      expect(told).toContain(`METAL_API_GRPC_BIND_ADDR is "${host}"`);
      for (const remedy of ['_GRPC_TLS_ENABLED=true', 'docs/guide/grpc.md', '127.0.0.1', '_GRPC_INSECURE=true']) {
        expect(told).toContain(remedy);
      }
    },
  );

  it('may be any address with METAL_API_GRPC_INSECURE', () => {
    const { grpc } = loadConfig({ ...keys, ...at('0.0.0.0'), METAL_API_GRPC_INSECURE: 'true' });
    expect(grpc).toMatchObject({ host: '0.0.0.0', insecure: true, tls: undefined });
    expect(loadConfig({ ...keys, METAL_API_GRPC_INSECURE: 'true' }).grpc.insecure).toBe(false);
  });

  it('is always loopback in dev mode, regardless of the setting', () => {
    expect(loadConfig({ METAL_API_DEV: 'true', ...at('0.0.0.0') }).grpc).toMatchObject({ host: '127.0.0.1' });
  });

  it.each(['0', '-1', '1.5', 'many', '10000000'])('rejects %s events per second', (value) => {
    expect(ofServer({ METAL_API_GRPC_MAX_EVENTS: value })).toEqual([expect.stringContaining(`"${value}"`)]);
  });
});

describe.skipIf(!installed('certificate files', 'openssl'))('certificate files', () => {
  const [made, other] = [new Certificates(), new Certificates()];
  beforeAll(() => {
    made.make('fra');
    other.make('muc');
  });
  afterEach(() => vi.useRealTimers());
  const path = (name: string, content: string): string => {
    writeFileSync(made.path(name), content);
    return made.path(name);
  };
  const openssl = (...args: string[]) => execFileSync('openssl', args, { cwd: made.folder, stdio: 'pipe' });
  const server = (variables: Record<string, string> = {}) =>
    ofServer({ ...made.serverVariables(), ...at('0.0.0.0'), ...variables });

  it('are valid for servers and simulated partitions as the script creates them', () => {
    expect(server()).toEqual([]);
    const variables = {
      METAL_API_DEV: 'true',
      METAL_API_GRPC_CA_CERT_FILE: made.path('ca.crt'),
      METAL_API_GRPC_CLIENT_CERT_FILE: made.path('fra.crt'),
      METAL_API_GRPC_CLIENT_KEY_FILE: made.path('fra.key'),
    };
    expect(loadSimulatorConfig([], variables).tls).toEqual(made.files('fra'));
    expect(loadSimulatorConfig([], { METAL_API_DEV: 'true' }).tls).toBeUndefined();
    const partly = { ...variables, METAL_API_GRPC_CLIENT_KEY_FILE: '' };
    expect(violations(() => loadSimulatorConfig([], partly))).toEqual([
      'METAL_API_GRPC_CLIENT_KEY_FILE is not set, expected the path of a PEM file with a private key',
    ]);
  });

  it.each<[string, () => Record<string, string>, RegExp]>([
    ['a missing CA', () => ({ METAL_API_GRPC_CA_CERT_FILE: '' }), /_CA_CERT_FILE is not set/],
    [
      'a missing file',
      () => ({ METAL_API_GRPC_SERVER_KEY_FILE: '/nowhere' }),
      /_SERVER_KEY_FILE is "\/nowhere".*ENOENT/,
    ],
    ['a path to a folder', () => ({ METAL_API_GRPC_SERVER_CERT_FILE: made.folder }), /_SERVER_CERT_FILE.*EISDIR/],
    ['an empty file', () => ({ METAL_API_GRPC_CA_CERT_FILE: path('empty', '') }), /has no certificate in PEM/],
    [
      'a key instead of a certificate',
      () => ({ METAL_API_GRPC_SERVER_CERT_FILE: made.path('server.key') }),
      /no certificate/,
    ],
    [
      'a certificate instead of a key',
      () => ({ METAL_API_GRPC_SERVER_KEY_FILE: made.path('server.crt') }),
      /no private key/,
    ],
    [
      'the key of another certificate',
      () => ({ METAL_API_GRPC_SERVER_KEY_FILE: made.path('fra.key') }),
      /is not the key of/,
    ],
    ['a leaf certificate as CA', () => ({ METAL_API_GRPC_CA_CERT_FILE: made.path('server.crt') }), /not a CA.*CN=/],
    [
      'a damaged certificate',
      () => {
        const text = made
          .files('server')
          .cert.toString()
          .replace(/^.{10}$/m, '');
        return { METAL_API_GRPC_SERVER_CERT_FILE: path('cut', text.replace(/\n.{40}/, '\n')) };
      },
      /is damaged/,
    ],
    [
      'an encrypted key',
      () => {
        openssl('pkey', '-in', 'server.key', '-aes256', '-passout', 'pass:x', '-out', 'encrypted.key');
        return { METAL_API_GRPC_SERVER_KEY_FILE: made.path('encrypted.key') };
      },
      /encrypted key, expected one without a passphrase/,
    ],
  ])('report %s', (_, variables, expected) => {
    expect(server(variables())).toEqual([expect.stringMatching(expected)]);
  });

  it.each([
    ['expired', 400, /_SERVER_CERT_FILE.*"O=metal-api, CN=metal-api" that expired on /],
    ['not valid yet', -1, /_SERVER_CERT_FILE.*"O=metal-api, CN=metal-api" that is not valid before /],
  ])('are reported as %s %i days from now', (_, days, expected) => {
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + days * 24 * 3600_000 });
    expect(server().join()).toMatch(expected);
  });

  it('may contain several CAs, one of which has expired', () => {
    const both = path('both.crt', Buffer.concat([made.files('fra').ca, other.files('muc').ca]).toString());
    expect(server({ METAL_API_GRPC_CA_CERT_FILE: both })).toEqual([]);
  });
});
