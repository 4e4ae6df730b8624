import { execFileSync, spawn } from 'node:child_process';
import type { ChildProcessWithoutNullStreams } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventually } from './eventually.js';
import { searchPath } from './installed.js';

/** Where a client connects, and how it logs in. */
export interface SshLogin {
  readonly port: number;
  readonly user: string;
  /** File of the private key; undefined: none is offered. */
  readonly key?: string;
  /** What is typed at the prompts. */
  readonly secret?: string;
  readonly reason?: string;
  /** Further arguments, before the host. */
  readonly options?: readonly string[];
  /** Behind the host. */
  readonly command?: readonly string[];
}

/** Keys and known hosts of OpenSSH's client for tests. */
export class SshHome {
  readonly folder = mkdtempSync(join(tmpdir(), 'metal-ssh-'));

  /** Makes a key; returns the file of the private one. */
  key(name: string, type = 'ed25519'): string {
    const file = join(this.folder, name);
    execFileSync('ssh-keygen', ['-q', '-t', type, '-N', '', '-f', file, '-C', `${name}@test`]);
    return file;
  }

  publicKey(file: string): string {
    return readFileSync(`${file}.pub`, 'utf8').trim();
  }

  open({ port, user, key, secret, reason = '', options = [], command = [] }: SshLogin): SshClient {
    const askpass = join(this.folder, 'askpass.sh');
    writeFileSync(askpass, '#!/bin/sh\ncase "$1" in *Reason*) echo "$REASON" ;; *) echo "$SECRET" ;; esac\n', {
      mode: 0o700,
    });
    const settings = {
      UserKnownHostsFile: join(this.folder, 'known_hosts'),
      StrictHostKeyChecking: 'accept-new',
      IdentitiesOnly: 'yes',
      // As in metalctl's client.
      EscapeChar: 'none',
      BatchMode: secret === undefined ? 'yes' : 'no',
      LogLevel: 'INFO',
    };
    const args = [
      ...['-F', 'none', '-tt', '-p', String(port)],
      ...Object.entries(settings).flatMap(([name, value]) => ['-o', `${name}=${value}`]),
      ...(key === undefined ? ['-o', 'PubkeyAuthentication=no'] : ['-i', key]),
      ...options,
      `${user}@127.0.0.1`,
      ...command,
    ];
    const env = {
      ...{ PATH: searchPath(), HOME: this.folder, TERM: 'vt100', LC_METAL_STACK_OIDC_TOKEN: secret ?? '' },
      ...{ SSH_ASKPASS: askpass, SSH_ASKPASS_REQUIRE: 'force', SECRET: secret ?? '', REASON: reason },
    };
    return new SshClient(spawn('ssh', args, { env, stdio: 'pipe' }));
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** One run of OpenSSH's client. */
export class SshClient {
  /** What the user sees, one character for each byte. */
  output = '';
  readonly exit: Promise<number | null>;

  constructor(private readonly child: ChildProcessWithoutNullStreams) {
    const listen = (data: Buffer): void => void (this.output += data.toString('latin1'));
    child.stdout.on('data', listen);
    child.stderr.on('data', listen);
    child.stdin.on('error', () => undefined);
    this.exit = once(child, 'close').then(([code]) => code as number | null);
  }

  type(text: string | Buffer): void {
    this.child.stdin.write(text);
  }

  /** Stops reading, like a terminal that hangs. */
  freeze(): void {
    this.child.kill('SIGSTOP');
  }

  kill(): void {
    this.child.kill('SIGKILL');
  }

  /** Waits until the user sees this text. */
  async sees(text: string): Promise<void> {
    await eventually(`${JSON.stringify(text)} in ${JSON.stringify(this.output.slice(-500))}`, () =>
      this.output.includes(text),
    ).catch(() => {
      throw new Error(`expected ${JSON.stringify(text)}, the user sees ${JSON.stringify(this.output.slice(-1000))}`);
    });
  }
}
