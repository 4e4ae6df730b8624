import type { HeadscaleSettings } from '../../config/optional-services.js';
import { DomainError, notFound } from '../../shared/errors/domain-error.js';
import { fetchFailure } from '../../shared/errors/fetch-failure.js';
import { Vpn } from './vpn.js';
import type { VpnKey, VpnNode } from './vpn.js';

/** Timeout in milliseconds. Clients wait 30 s for an allocation or release, which calls Headscale up to three times. */
const DEADLINE = 7_000;

interface User {
  readonly id: string;
  readonly name: string;
}
interface Node {
  readonly id: string;
  readonly name: string;
  readonly user?: User;
  /** Absent means false, as in all JSON generated from protocol buffers. */
  readonly online?: boolean;
}

/** Client of Headscale's HTTP API, version 0.26 or newer (older versions use names of users in place of IDs). */
export class Headscale extends Vpn {
  readonly enabled = true;
  readonly address: string;

  constructor(private readonly settings: HeadscaleSettings) {
    super();
    this.address = settings.controlPlane;
  }

  async ensureUser(name: string): Promise<void> {
    if (await this.findUser(name)) return;
    try {
      await this.ask('POST', 'user', { name });
    } catch (error) {
      // Another replica may have created it concurrently; the resulting error differs between versions.
      if (!(await this.findUser(name))) throw error;
    }
  }

  async createKey(name: string, { ephemeral, expires }: { ephemeral: boolean; expires: string }): Promise<VpnKey> {
    const user = await this.findUser(name);
    if (!user) throw notFound('VPN user', name);
    const wanted = { user: user.id, reusable: false, ephemeral, expiration: expires };
    const { preAuthKey } = await this.ask<{ preAuthKey?: { id: string; key: string } }>('POST', 'preauthkey', wanted);
    if (!preAuthKey?.key) throw unavailable('its response contains no key');
    return { id: preAuthKey.id, user: user.id, key: preAuthKey.key };
  }

  /** Versions identify a key either by its text or by its ID, and ignore the other. */
  async expireKey({ id, user, key }: VpnKey): Promise<void> {
    await this.ask('POST', 'preauthkey/expire', { id, user, key });
  }

  async nodes(): Promise<VpnNode[]> {
    const { nodes = [] } = await this.ask<{ nodes?: readonly Node[] }>('GET', 'node');
    return nodes.map(({ id, name, user, online = false }) => ({ id, name, user: user?.name ?? '', online }));
  }

  async removeNode(id: string): Promise<void> {
    const { status, text } = await this.send('DELETE', `node/${encodeURIComponent(id)}`);
    if (status >= 400 && status !== 404) throw unavailable(`it responded with ${status} ${text}`);
  }

  private async findUser(name: string): Promise<User | undefined> {
    const { users = [] } = await this.ask<{ users?: readonly User[] }>('GET', `user?name=${encodeURIComponent(name)}`);
    return users.find((user) => user.name === name);
  }

  private async ask<T>(method: string, path: string, body?: object): Promise<T> {
    const { status, text } = await this.send(method, path, body);
    if (status >= 400) throw unavailable(`it responded with ${status} ${text}`);
    try {
      return JSON.parse(text) as T;
    } catch {
      throw unavailable('its response is not JSON');
    }
  }

  private async send(method: string, path: string, body?: object): Promise<{ status: number; text: string }> {
    const { url, apiKey } = this.settings;
    try {
      const response = await fetch(`${url.replace(/\/$/, '')}/api/v1/${path}`, {
        method,
        headers: { Authorization: `Bearer ${apiKey}`, 'Content-Type': 'application/json', Accept: 'application/json' },
        ...(body && { body: JSON.stringify(body) }),
        signal: AbortSignal.timeout(DEADLINE),
      });
      return { status: response.status, text: await response.text() };
    } catch (error) {
      throw unavailable(fetchFailure(error));
    }
  }
}

const unavailable = (why: string): DomainError =>
  new DomainError('unavailable', `the VPN coordinator is not available: ${why.slice(0, 300)}`);
